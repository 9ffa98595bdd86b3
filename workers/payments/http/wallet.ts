import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { Seller } from '#contracts/listings'
import { FindRecipientQuery, SetPinRequest, Transfer, TransferRequest, Wallet } from '#contracts/payments'
import { type AppEnv, memberOf, onlyMine, refusal, reply, requireMember } from '#kit/app'
import { nowMs } from '#kit/clock'
import { idempotent } from '#kit/idempotency'
import { bearer, emptyReply, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import type { PaymentsEnv } from '../env.ts'
import { findRecipient } from '../face.service.ts'
import { setPin } from '../pin.service.ts'
import { transfer } from '../transfer.service.ts'
import { walletOf } from '../wallet.service.ts'
import { moverOf } from './movers.ts'

const shared = { tags: ['wallet'], security: bearer }
const middleware = requireMember<PaymentsEnv>()

const wallet = createRoute({
  method: 'get',
  path: '/api/v1/wallet',
  ...shared,
  middleware,
  responses: {
    200: jsonReply(Wallet, 'what can be spent, what is held, and what may still be moved today'),
    ...problems(),
  },
})

const recipients = createRoute({
  method: 'get',
  path: '/api/v1/wallet/recipients',
  ...shared,
  middleware,
  request: { query: FindRecipientQuery },
  responses: { 200: jsonReply(Seller, 'who has exactly this nickname'), ...problems(404) },
})

const send = createRoute({
  method: 'post',
  path: '/api/v1/wallet/transfers',
  ...shared,
  middleware: [requireMember<PaymentsEnv>(), idempotent<PaymentsEnv>()] as const,
  request: { headers: idempotencyHeader, ...jsonBody(TransferRequest) },
  responses: { 201: jsonReply(Transfer, 'sent'), ...problems(403, 404, 409) },
})

const pin = createRoute({
  method: 'put',
  path: '/api/v1/wallet/pin',
  ...shared,
  middleware,
  request: jsonBody(SetPinRequest),
  responses: { 204: emptyReply('set; transfers and pay-outs need it from now on'), ...problems(422) },
})

/** The wallet itself, money to a neighbour, and the PIN in front of it. */
export function walletRoutes(app: OpenAPIHono<AppEnv<PaymentsEnv>>): void {
  app.openapi(wallet, async (c) => {
    onlyMine(c)
    return c.json(await walletOf(c.env, memberOf(c).memberId, nowMs()), 200)
  })

  app.openapi(recipients, async (c) => {
    onlyMine(c)
    return reply(c, await findRecipient(c.env, c.var.requestId, c.req.valid('query').nickname))
  })

  app.openapi(send, async (c) => {
    const sent = await transfer(c.env, moverOf(c), c.req.valid('json'))
    if (!sent.ok) return refusal(c, sent.refusal)
    tell(c, sent.value.events)
    return c.json(sent.value.transfer, 201)
  })

  app.openapi(pin, async (c) => {
    const { memberId, role } = memberOf(c)
    const ctx = {
      actor: { kind: 'member', memberId, role } as const,
      requestId: c.var.requestId,
      idempotencyKey: `pin:${c.var.requestId}`,
    }
    const set = await setPin(c.env, ctx, { memberId, ...c.req.valid('json'), atMs: nowMs() })
    return set.ok ? c.body(null, 204) : refusal(c, set.refusal)
  })
}
