/** What a chat text may touch: a way to pay outside, to talk outside, or an account to send money to. */
export const GUARDRAIL_RULES = ['payment_link', 'messenger_id', 'bank_account', 'outside_link'] as const
export type GuardrailRule = (typeof GUARDRAIL_RULES)[number]

/**
 * The table of the guardrail, in the order its warnings are shown. A hit never stops a message: both sides see the rule's reason.
 * Patterns are linear (no nested repeats), so that no text can stall a room.
 */
const PATTERNS: readonly (readonly [rule: GuardrailRule, pattern: RegExp])[] = [
  // Look-alikes of "safe payment" pages: the words pay/safe/escrow or a known payment brand inside a foreign host.
  [
    'payment_link',
    /(?:https?:\/\/|www\.)[\w.-]{0,80}(?:pay|safe|escrow|toss|kakao|naver|npay|bunjang|joongna|daangn)[\w.-]{0,80}/i,
  ],
  [
    'messenger_id',
    /(?:카톡|카카오톡|오픈채팅|오픈톡|라인|텔레그램|위챗)\s{0,3}(?:아이디|id|으로|로|주세요|추가|:)/i,
  ],
  ['messenger_id', /(?:open\.kakao\.com|line\.me|t\.me|wa\.me|telegram|whatsapp|wechat|kakaotalk)\b/i],
  // An account has ten digits or more; sizes and block numbers have fewer.
  ['bank_account', /\b(?=(?:-?\d){10,17}(?!\d))\d{2,6}-\d{2,6}-\d{2,8}(?:-\d{1,3})?\b/],
  [
    'bank_account',
    /(?:국민|신한|우리|하나|농협|기업|카카오뱅크|카뱅|토스뱅크|케이뱅크|새마을|우체국|수협|부산은행|대구은행|계좌)\D{0,12}(?=(?:[ -]?\d){10})\d[\d -]{8,20}\d/,
  ],
  ['outside_link', /(?:https?:\/\/|www\.)[^\s]{3,}/i],
]
/** Phone numbers look like account numbers and are not: meeting people exchange them. */
const PHONE = /\b0(?:1[016789]|2|[3-6]\d)-?\d{3,4}-?\d{4}\b/g
/** Neither is the day to meet. */
const DATE = /\b(?:19|20)\d{2}[-.] ?\d{1,2}[-.] ?\d{1,2}\b/g

/** The rules a text touches, each once, in the table's order. Our own pages are not outside. */
export function guardrailHits(text: string, ownHosts: readonly string[] = []): GuardrailRule[] {
  const judged = withoutOwnLinks(text, ownHosts).replace(PHONE, ' ').replace(DATE, ' ')
  const hits = PATTERNS.filter(([, pattern]) => pattern.test(judged)).map(([rule]) => rule)
  const rules = GUARDRAIL_RULES.filter((rule) => hits.includes(rule))
  // The stronger reason speaks alone.
  return rules.includes('payment_link') ? rules.filter((rule) => rule !== 'outside_link') : rules
}

function withoutOwnLinks(text: string, ownHosts: readonly string[]): string {
  return text.replace(/https?:\/\/([^\s/?#]{1,253})[^\s]*/gi, (link, host: string) =>
    ownHosts.includes(host.toLowerCase()) ? ' ' : link,
  )
}
