import type { Hono } from 'hono'
import { CompactEncrypt, compactDecrypt } from 'jose'
import { z } from 'zod'
import { nowMs, toIso } from '#kit/clock'
import { BankBehaviour, inTossWords } from './bank-desk.ts'
import { bankDeskOf, payEnvOf } from './pay-env.ts'

const Seller = z.object({
  refSellerId: z.string().min(7).max(20),
  businessType: z.literal('INDIVIDUAL'),
  account: z.object({
    bankCode: z.string().regex(/^\d{3}$/),
    accountNumber: z.string().regex(/^\d+$/),
    holderName: z.string().min(1),
  }),
})
const Payouts = z
  .array(
    z.object({
      refPayoutId: z.string().min(1).max(50),
      destination: z.string(),
      scheduleType: z.literal('EXPRESS'),
      amount: z.object({ currency: z.literal('KRW'), value: z.int().min(1) }),
      transactionDescription: z.string().min(1).max(7),
    }),
  )
  .length(1)

/** Toss Payments' pay-outs (v2): bodies come and go as JWE, one id is one pay-out. */
export function bankRoutes<Bindings extends object>(app: Hono<{ Bindings: Bindings }>): void {
  app.use('/v2/*', async (c, next) => {
    const expected = `Basic ${btoa(`${payEnvOf(c.env).TOSS_SECRET_KEY}:`)}`
    if (c.req.header('authorization') === expected) return await next()
    return c.json(problem('UNAUTHORIZED_KEY', 'unknown key'), 401)
  })

  app.post('/v2/sellers', async (c) => {
    const { refSellerId, account } = Seller.parse(await opened(c.env, c.req.raw))
    const id = await bankDeskOf(c.env).addSeller(refSellerId, account.accountNumber)
    return await sealed(c.env, entity('seller', { id, refSellerId, status: 'APPROVED' }))
  })

  app.post('/v2/payouts', async (c) => {
    const [asked] = Payouts.parse(await opened(c.env, c.req.raw))
    if (!asked) return c.json(problem('INVALID_REQUEST', 'nothing asked for'), 400)
    const behaviour = await bankDeskOf(c.env).nextBehaviour()
    if (behaviour.kind === 'refuse')
      return Response.json(problem('REFUSED_BY_STAND_IN', 'not now'), { status: behaviour.status })
    const payout = await bankDeskOf(c.env).take({ ...asked, amount: asked.amount.value }, behaviour)
    if (payout === null) return c.json(problem('NOT_FOUND_SELLER', 'no such seller'), 404)
    if (behaviour.kind === 'lose') return c.json(problem('TIMEOUT', 'lost on the way'), 504)
    return await sealed(c.env, entity('payout', { items: [inTossWords(payout)] }))
  })

  app.get('/v2/payouts/:id', async (c) => {
    const payout = await bankDeskOf(c.env).read(c.req.param('id'))
    if (payout === null) return c.json(problem('NOT_FOUND_PAYOUT', 'no such pay-out'), 404)
    return c.json(entity('payout', inTossWords(payout)))
  })

  app.post('/dev/bank/behaviour', async (c) => {
    await bankDeskOf(c.env).behave(BankBehaviour.parse(await c.req.json()))
    return c.body(null, 204)
  })

  app.get('/dev/bank/payouts', async (c) => {
    const payouts = await bankDeskOf(c.env).paidTo(c.req.query('number') ?? '')
    return c.json({ items: payouts.map(inTossWords) })
  })
}

const entity = (entityType: string, entityBody: object) => ({
  version: '2022-11-16',
  entityType,
  entityBody,
  error: null,
})
const problem = (code: string, message: string) => ({ entityBody: null, error: { code, message } })

const keyOf = (env: object): Uint8Array =>
  Uint8Array.from(payEnvOf(env).TOSS_SECURITY_KEY.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

/** The body of a request that must come sealed. */
async function opened(env: object, request: Request): Promise<unknown> {
  if (request.headers.get('tosspayments-api-security-mode') !== 'ENCRYPTION')
    throw new z.ZodError([{ code: 'custom', path: [], message: 'ENCRYPTION is required', input: null }])
  const { plaintext, protectedHeader } = await compactDecrypt(await request.text(), keyOf(env))
  z.object({ alg: z.literal('dir'), enc: z.literal('A256GCM'), iat: z.string(), nonce: z.string() }).parse(
    protectedHeader,
  )
  return JSON.parse(new TextDecoder().decode(plaintext))
}

async function sealed(env: object, body: object): Promise<Response> {
  const header = { alg: 'dir', enc: 'A256GCM', iat: toIso(nowMs()), nonce: crypto.randomUUID() }
  const jwe = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(body)))
    .setProtectedHeader(header)
    .encrypt(keyOf(env))
  return new Response(jwe, { headers: { 'content-type': 'text/plain' } })
}
