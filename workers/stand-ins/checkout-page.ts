import type { Locale } from '#kit/problem'
import type { Payment } from './pay-desk.ts'

const WORDS = {
  ko: {
    lang: 'ko',
    title: '결제 연습',
    lead: '이 컴퓨터에서만 열리는 결제창이에요. 진짜 돈은 움직이지 않아요.',
    order: '마당 지갑 충전',
    approve: '결제하기',
    delay: '5초 뒤에 결제',
    decline: '카드 거절',
    close: '닫고 돌아가기',
    done: { PAID: '결제가 끝난 주문이에요.', CANCELLED: '취소된 결제예요.', FAILED: '', READY: '' },
    declined: '카드가 거절됐어요. 다시 결제할 수 있어요.',
    none: '없는 결제예요. 지갑에서 다시 시작해 주세요.',
    home: '지갑으로',
  },
  en: {
    lang: 'en',
    title: 'Practice checkout',
    lead: 'This window opens on this computer only. No real money moves.',
    order: 'Madang wallet top-up',
    approve: 'Pay',
    delay: 'Pay in 5 seconds',
    decline: 'Decline the card',
    close: 'Close and go back',
    done: { PAID: 'This has been paid.', CANCELLED: 'This payment was cancelled.', FAILED: '', READY: '' },
    declined: 'The card was declined. You may try again.',
    none: 'There is no such payment. Start again from your wallet.',
    home: 'To the wallet',
  },
} as const

const STYLE = `
:root{color-scheme:light dark;--ground:#fbf8f3;--card:#fff;--line:#e6dfd4;--ink:#23211f;--stone:#6b655e;--persimmon:#c2410c;--on:#fff}
@media (prefers-color-scheme:dark){:root{--ground:#171513;--card:#221f1c;--line:#3a3530;--ink:#ede8e1;--stone:#a79f95;--persimmon:#ff8a5b;--on:#23211f}}
*{box-sizing:border-box}
body{margin:0;min-height:100dvh;display:grid;place-items:center;padding:16px;background:var(--ground);color:var(--ink);font:16px/1.6 system-ui,'Apple SD Gothic Neo','Noto Sans KR',sans-serif}
main{width:100%;max-width:400px;padding:24px;background:var(--card);border:1px solid var(--line);border-radius:16px}
h1{margin:0;font-size:20px}p{margin:8px 0 0;color:var(--stone)}
.sum{margin:20px 0 0;color:var(--ink);font-size:32px;font-weight:700;font-variant-numeric:tabular-nums}
form{margin:12px 0 0}
button,a{display:block;width:100%;min-height:48px;padding:10px 16px;border:1px solid var(--line);border-radius:12px;background:transparent;color:var(--ink);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.main button{border-color:var(--persimmon);background:var(--persimmon);color:var(--on)}
:focus-visible{outline:3px solid var(--persimmon);outline-offset:2px}
`

/** Where a person pays, declines, closes the window or pays late. */
export function checkoutPage(payment: Payment, locale: Locale): Promise<Response> {
  const words = WORDS[locale]
  const sum = new Intl.NumberFormat(locale, { style: 'currency', currency: 'KRW' }).format(payment.total)
  const canPay = payment.status === 'READY' || payment.status === 'FAILED'
  const form = (act: 'approve' | 'delay' | 'decline' | 'close') =>
    `<form method="post" action="/dev/pay/checkout/${escaped(payment.id)}/${act}"${act === 'approve' ? ' class="main"' : ''}><button>${words[act]}</button></form>`
  const note = payment.status === 'FAILED' ? words.declined : words.done[payment.status]
  return page(words.lang, words.title, 200, [
    `<h1>${words.title}</h1><p>${words.lead}</p>`,
    `<p class="sum">${escaped(sum)}</p><p>${words.order}</p>`,
    note === '' ? '' : `<p role="status">${note}</p>`,
    ...(canPay ? [form('approve'), form('delay'), form('decline')] : []),
    form('close'),
  ])
}

/** For a payment nobody has begun. */
export function noSuchPage(locale: Locale): Promise<Response> {
  const words = WORDS[locale]
  return page(words.lang, words.title, 404, [
    `<h1>${words.title}</h1><p role="status">${words.none}</p><p><a href="/wallet">${words.home}</a></p>`,
  ])
}

async function page(lang: string, title: string, status: number, parts: string[]): Promise<Response> {
  const html = `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title} · 마당</title><style>${STYLE}</style></head><body><main>${parts.join('')}</main></body></html>`
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src '${await hashOf(STYLE)}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    },
  })
}

/** The page's one style, named by its hash: nothing else is let in. */
async function hashOf(style: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
