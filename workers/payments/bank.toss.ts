import { CompactEncrypt, compactDecrypt } from 'jose'
import { z } from 'zod'
import type { PayoutId } from '#contracts/ids'
import type { BANKS, BankAccount } from '#contracts/payments'
import { nowMs, SECOND_MS } from '#kit/clock'
import type { BankPayout, BankPayouts } from './bank.ts'

const ORIGIN = 'https://api.tosspayments.com'
const DEADLINE_MS = 20 * SECOND_MS
/** What the receiver reads on their account; seven characters at most. */
const DESCRIPTION = '마당'
/** Toss's own bound on the caller's id of a seller. */
const SELLER_REF_LENGTH = 20
const FAILURE_LENGTH_MAX = 200

/** Codes of the Korean banks as Toss takes them. */
const BANK_CODES: Record<(typeof BANKS)[number], string> = {
  kb: '004',
  shinhan: '088',
  woori: '020',
  hana: '081',
  nh: '011',
  ibk: '003',
  kakao: '090',
  toss: '092',
  kbank: '089',
  sc: '023',
  mg: '045',
  shinhyup: '048',
  post: '071',
  busan: '032',
  daegu: '031',
  gwangju: '034',
}
/** What is said about the account itself; anything else may pass. */
const FINAL_REFUSALS: ReadonlySet<string> = new Set([
  'INVALID_ACCOUNT',
  'INVALID_ACCOUNT_NUMBER',
  'INVALID_BANK',
  'INVALID_BANK_CODE',
  'INVALID_HOLDER_NAME',
  'NOT_MATCHED_HOLDER_NAME',
])
const OVER: ReadonlySet<string> = new Set(['FAILED', 'CANCELED', 'REJECTED', 'DELETED'])

const Problem = z.object({ code: z.string().default(''), message: z.string().default('') })
const Reply = z.object({ entityBody: z.unknown(), error: z.union([Problem, z.null()]).default(null) })
const SellerBody = z.object({ id: z.string() })
const PayoutBody = z.object({
  id: z.string(),
  status: z.string(),
  error: z.union([Problem, z.null()]).default(null),
})
const PayoutsBody = z.object({ items: z.array(PayoutBody).length(1) })

type Answer = { status: number; body: unknown; problem: z.infer<typeof Problem> | null }

/** Toss Payments' pay-outs (v2): bodies travel as JWE under the security key; the caller's ids make each step happen once. */
export function toss(options: {
  http: Pick<Fetcher, 'fetch'>
  secretKey: string
  securityKey: string
}): BankPayouts {
  const key = Uint8Array.from(options.securityKey.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  const authorization = `Basic ${btoa(`${options.secretKey}:`)}`

  async function post(path: string, idempotencyKey: string, body: object): Promise<Answer> {
    const reply = await options.http.fetch(`${ORIGIN}${path}`, {
      method: 'POST',
      headers: {
        authorization,
        'content-type': 'text/plain',
        'tosspayments-api-security-mode': 'ENCRYPTION',
        'idempotency-key': idempotencyKey,
      },
      body: await sealed(key, body),
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    return await answerOf(reply, key)
  }

  return {
    async send({ id, amount, account }) {
      const seller = await post('/v2/sellers', `${id}:seller`, sellerOf(id, account))
      const refused = refusalIn(seller)
      if (refused) return refused
      const asked = await post('/v2/payouts', id, [
        {
          refPayoutId: id,
          destination: SellerBody.parse(seller.body).id,
          scheduleType: 'EXPRESS',
          amount: { currency: 'KRW', value: amount },
          transactionDescription: DESCRIPTION,
        },
      ])
      const [payout] = refusalIn(asked) ? [] : PayoutsBody.parse(asked.body).items
      return payout ? payoutOf(payout) : (refusalIn(asked) ?? unexpected(asked))
    },

    async read(bankId) {
      const reply = await options.http.fetch(`${ORIGIN}/v2/payouts/${encodeURIComponent(bankId)}`, {
        headers: { authorization },
        signal: AbortSignal.timeout(DEADLINE_MS),
      })
      const answer = await answerOf(reply, key)
      return answer.status === 200 ? payoutOf(PayoutBody.parse(answer.body)) : unexpected(answer)
    },
  }
}

/** The receiver as Toss wants them known first; a pay-out has its own, so that a changed account is never an old one. */
const sellerOf = (id: PayoutId, { bank, number, holder }: BankAccount) => ({
  refSellerId: id.slice(-SELLER_REF_LENGTH),
  businessType: 'INDIVIDUAL',
  individual: { name: holder },
  account: { bankCode: BANK_CODES[bank], accountNumber: number, holderName: holder },
})

const payoutOf = ({ id, status, error }: z.infer<typeof PayoutBody>): BankPayout => {
  if (status === 'COMPLETED') return { status: 'paid', bankId: id }
  if (!OVER.has(status)) return { status: 'underway', bankId: id }
  const failure = (error?.message || status).slice(0, FAILURE_LENGTH_MAX)
  return { status: 'failed', bankId: id, failure }
}

/** A refusal that no repetition changes; throws on one that may pass. */
function refusalIn(answer: Answer): BankPayout | null {
  if (answer.status < 300 && answer.problem === null) return null
  const { code, message } = answer.problem ?? { code: '', message: '' }
  if (!FINAL_REFUSALS.has(code)) return unexpected(answer)
  return { status: 'refused', failure: (message || code).slice(0, FAILURE_LENGTH_MAX) }
}

function unexpected({ status, problem }: Answer): never {
  throw new Error(`bank answered ${status} ${problem?.code ?? ''}`)
}

async function sealed(key: Uint8Array, body: object): Promise<string> {
  const header = { alg: 'dir', enc: 'A256GCM', iat: isoOfTown(nowMs()), nonce: crypto.randomUUID() }
  return await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(body)))
    .setProtectedHeader(header)
    .encrypt(key)
}

/** Answers to sealed requests come sealed; refusals may come plain. */
async function answerOf(reply: Response, key: Uint8Array): Promise<Answer> {
  const text = await reply.text()
  const plain = JWE.test(text) ? new TextDecoder().decode((await compactDecrypt(text, key)).plaintext) : text
  const read = Reply.safeParse(jsonOf(plain))
  return { status: reply.status, body: read.data?.entityBody, problem: read.data?.error ?? null }
}

const JWE = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** `2026-11-21T10:00:00+09:00`, the form Toss asks for. */
const isoOfTown = (atMs: number): string =>
  `${new Date(atMs + TOWN_OFFSET_MS).toISOString().slice(0, 19)}+09:00`
const TOWN_OFFSET_MS = 9 * 60 * 60 * SECOND_MS
