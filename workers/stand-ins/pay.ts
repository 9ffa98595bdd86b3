import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { nowMs, SECOND_MS } from '#kit/clock'
import { localeOf } from '#kit/problem'
import { checkoutPage, noSuchPage } from './checkout-page.ts'
import { inPortOnesWords, PayBehaviour, type Payment } from './pay-desk.ts'
import { payDeskOf, payEnvOf } from './pay-env.ts'
import { sendWebhook } from './webhooks.ts'

type Asked<Bindings extends object> = Context<{ Bindings: Bindings }>

const PreRegister = z.object({
  storeId: z.string(),
  totalAmount: z.int().min(1),
  currency: z.string().length(3),
})
const Listed = z.object({
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  cursor: z.string().optional(),
  size: z.int().min(1).max(1_000),
})
/** Any webhook about a payment, for whoever looks at what a stranger, a replay or an old one would do. */
const WebhookRequest = z.object({
  paymentId: z.string(),
  type: z.string().default('Transaction.Paid'),
  id: z.string().optional(),
  storeId: z.string().optional(),
  isForged: z.boolean().default(false),
  ageSeconds: z.int().default(0),
})
/** How long a payer takes who pays later. */
const APPROVAL_DELAY_MS = 5 * SECOND_MS

/** PortOne's V2 API as far as payments uses it. */
export function portOneRoutes<Bindings extends object>(app: Hono<{ Bindings: Bindings }>): void {
  app.use('/payments/*', guarded)
  app.use('/payments-by-cursor', guarded)

  app.post('/payments/:id/pre-register', async (c) => {
    const { storeId, totalAmount, currency } = PreRegister.parse(await c.req.json())
    const isOpen = await payDeskOf(c.env).preRegister(c.req.param('id'), storeId, totalAmount, currency)
    return isOpen ? c.json({}) : c.json({ type: 'ALREADY_PAID', message: 'paid already' }, 409)
  })

  app.get('/payments/:id', async (c) => {
    const payment = await payDeskOf(c.env).read(c.req.param('id'))
    return payment ? c.json(inPortOnesWords(payment)) : c.json(NOT_FOUND, 404)
  })

  app.post('/payments/:id/cancel', async (c) => {
    const desk = payDeskOf(c.env)
    const before = await desk.read(c.req.param('id'))
    if (!before) return c.json(NOT_FOUND, 404)
    if (before.status === 'CANCELLED')
      return c.json({ type: 'PAYMENT_ALREADY_CANCELLED', message: 'cancelled already' }, 409)
    if (before.status !== 'PAID') return c.json({ type: 'PAYMENT_NOT_PAID', message: 'not paid' }, 409)
    const turned = await desk.turn(before.id, 'CANCELLED')
    if (turned) c.executionCtx.waitUntil(tell(c, turned))
    return c.json({ cancellation: { status: 'SUCCEEDED', totalAmount: before.total } })
  })

  app.get('/payments-by-cursor', async (c) => {
    const asked = Listed.parse(JSON.parse(c.req.query('requestBody') ?? '{}'))
    const offset = Number(asked.cursor ?? -1) + 1
    const [from, until] = [Date.parse(asked.from), Date.parse(asked.until)]
    const found = await payDeskOf(c.env).between(from, until, offset, asked.size)
    const items = found.map((payment, index) => ({
      payment: inPortOnesWords(payment),
      cursor: String(offset + index),
    }))
    return c.json({ items })
  })
}

/** Only who knows the secret, and only while the provider is well. */
async function guarded(c: Asked<object>, next: () => Promise<void>): Promise<Response | undefined> {
  if (c.req.header('authorization') !== `PortOne ${payEnvOf(c.env).PORTONE_API_SECRET}`)
    return c.json({ type: 'UNAUTHORIZED', message: 'unknown secret' }, 401)
  const status = await payDeskOf(c.env).refusal()
  if (status !== null) return Response.json({ type: 'UNKNOWN', message: 'refused' }, { status })
  await next()
  return undefined
}

const NOT_FOUND = { type: 'PAYMENT_NOT_FOUND', message: 'no such payment' }

/** The page on which a person pays, and what they may do on it. */
export function checkoutRoutes<Bindings extends object>(app: Hono<{ Bindings: Bindings }>): void {
  app.get('/dev/pay/checkout/:id', async (c) => {
    const payment = await payDeskOf(c.env).read(c.req.param('id'))
    const locale = localeOf(c.req.raw.headers)
    return payment ? await checkoutPage(payment, locale) : await noSuchPage(locale)
  })

  app.post('/dev/pay/checkout/:id/approve', (c) => turned(c, c.req.param('id'), 'PAID'))
  app.post('/dev/pay/checkout/:id/decline', (c) => turned(c, c.req.param('id'), 'FAILED'))
  app.post('/dev/pay/checkout/:id/cancel', (c) => turned(c, c.req.param('id'), 'CANCELLED'))

  // The window is closed: nothing happens to the payment.
  app.post('/dev/pay/checkout/:id/close', async (c) => {
    const payment = await payDeskOf(c.env).read(c.req.param('id'))
    return payment ? back(c, payment, 'USER_CANCELLED') : c.json(NOT_FOUND, 404)
  })

  // The payer goes back before the money is through.
  app.post('/dev/pay/checkout/:id/delay', async (c) => {
    const desk = payDeskOf(c.env)
    const payment = await desk.read(c.req.param('id'))
    if (!payment) return c.json(NOT_FOUND, 404)
    await desk.later(APPROVAL_DELAY_MS, { kind: 'approve', id: payment.id })
    return back(c, payment, null)
  })

  app.post('/dev/pay/behaviour', async (c) => {
    await payDeskOf(c.env).behave(PayBehaviour.parse(await c.req.json()))
    return c.body(null, 204)
  })

  app.post('/dev/pay/webhooks', async (c) => {
    const { paymentId, storeId, ...asked } = WebhookRequest.parse(await c.req.json())
    const known = await payDeskOf(c.env).read(paymentId)
    const payment = { paymentId, storeId: storeId ?? known?.storeId ?? 'store-nobody' }
    const id = asked.id ?? `wh_${crypto.randomUUID()}`
    return c.json({ id, status: await sendWebhook(c.env, { ...asked, id, payment }) })
  })
}

async function turned<Bindings extends object>(
  c: Asked<Bindings>,
  id: string,
  to: 'PAID' | 'FAILED' | 'CANCELLED',
): Promise<Response> {
  const desk = payDeskOf(c.env)
  const before = await desk.read(id)
  const payment = await desk.turn(id, to)
  if (!payment || !before) return c.json(NOT_FOUND, 404)
  // Pressing twice is telling once, as at the real provider.
  if (before.status !== payment.status) c.executionCtx.waitUntil(tell(c, payment))
  return back(c, payment, payment.status === 'FAILED' ? 'PAYMENT_DECLINED' : null)
}

/** Sends what the behaviour of the moment makes of a webhook. */
async function tell<Bindings extends object>(c: Asked<Bindings>, payment: Payment): Promise<void> {
  const desk = payDeskOf(c.env)
  const { orders, delayMs } = await desk.webhooksFor(payment)
  if (delayMs > 0) return await desk.later(delayMs, { kind: 'send', orders })
  for (const order of orders) await sendWebhook(c.env, order)
}

/** A browser goes back to the shop's page with what PortOne's window adds to its address; who is none gets JSON. */
function back<Bindings extends object>(c: Asked<Bindings>, payment: Payment, code: string | null): Response {
  c.header('cache-control', 'no-store')
  if (!/\btext\/html\b/.test(c.req.header('accept') ?? ''))
    return c.json({ id: payment.id, status: payment.status, at: nowMs() })
  const query = new URLSearchParams({ paymentId: payment.id, ...(code === null ? {} : { code }) })
  return c.redirect(`/wallet/charges/${payment.id}?${query}`, 303)
}
