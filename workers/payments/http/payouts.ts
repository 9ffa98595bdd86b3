import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { PayoutId } from '#contracts/ids'
import { Payout, PayoutRequest } from '#contracts/payments'
import { type AppEnv, onlyMine, refusal, reply, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import type { PaymentsEnv } from '../env.ts'
import { advancePayout, advanceWhenDue } from '../payout.follow.service.ts'
import { findPayout, requestPayout } from '../payout.service.ts'
import { moverOf } from './movers.ts'

const tags = ['wallet']
const security = bearer

const request = createRoute({
  method: 'post',
  path: '/api/v1/wallet/payouts',
  tags,
  security,
  middleware: [requireMember<PaymentsEnv>(), idempotent<PaymentsEnv>()] as const,
  request: { headers: idempotencyHeader, ...jsonBody(PayoutRequest) },
  responses: { 201: jsonReply(Payout, 'put aside; on its way to the bank'), ...problems(403, 409) },
})

const read = createRoute({
  method: 'get',
  path: '/api/v1/wallet/payouts/{id}',
  tags,
  security,
  middleware: requireMember<PaymentsEnv>(),
  request: { params: z.object({ id: PayoutId }) },
  responses: { 200: jsonReply(Payout, 'the pay-out as it stands'), ...problems(404) },
})

/** Money out of a wallet. */
export function payoutRoutes(app: OpenAPIHono<AppEnv<PaymentsEnv>>): void {
  app.openapi(request, async (c) => {
    const mover = moverOf(c)
    const requested = await requestPayout(c.env, mover, c.req.valid('json'))
    if (!requested.ok) return refusal(c, requested.refusal)
    const { id } = requested.value
    // The bank hears of it behind the reply; what fails there is the tick's.
    c.executionCtx.waitUntil(advancePayout(c.env, id, mover.requestId, mover.atMs))
    return c.json(requested.value, 201)
  })

  app.openapi(read, async (c) => {
    onlyMine(c)
    const { id } = c.req.valid('param')
    const mover = moverOf(c)
    const found = await findPayout(c.env, mover, id)
    // Who watches their pay-out need not wait for the tick.
    if (found.ok && (found.value.state === 'requested' || found.value.state === 'sent'))
      c.executionCtx.waitUntil(advanceWhenDue(c.env, id, mover.requestId, mover.atMs))
    return reply(c, found)
  })
}
