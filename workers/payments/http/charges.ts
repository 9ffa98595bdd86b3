import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { ChargeId } from '#contracts/ids'
import { Charge, CreateChargeRequest } from '#contracts/payments'
import { type AppEnv, onlyMine, refusal, reply, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import { beginCharge, confirmCharge, findCharge } from '../charge.service.ts'
import type { PaymentsEnv } from '../env.ts'
import { moverOf } from './movers.ts'

const tags = ['wallet']
const security = bearer
const OneCharge = z.object({ id: ChargeId })

const begin = createRoute({
  method: 'post',
  path: '/api/v1/wallet/charges',
  tags,
  security,
  middleware: [requireMember<PaymentsEnv>(), idempotent<PaymentsEnv>()] as const,
  request: { headers: idempotencyHeader, ...jsonBody(CreateChargeRequest) },
  responses: { 201: jsonReply(Charge, 'begun; it is paid at its checkoutUrl'), ...problems(409) },
})

const read = createRoute({
  method: 'get',
  path: '/api/v1/wallet/charges/{id}',
  tags,
  security,
  middleware: requireMember<PaymentsEnv>(),
  request: { params: OneCharge },
  responses: { 200: jsonReply(Charge, 'the top-up as it stands'), ...problems(404) },
})

const confirm = createRoute({
  method: 'post',
  path: '/api/v1/wallet/charges/{id}/confirm',
  tags,
  security,
  middleware: [requireMember<PaymentsEnv>(), idempotent<PaymentsEnv>()] as const,
  request: { headers: idempotencyHeader, params: OneCharge },
  responses: { 200: jsonReply(Charge, 'paid, and credited once'), ...problems(404, 409) },
})

/** Money into a wallet. */
export function chargeRoutes(app: OpenAPIHono<AppEnv<PaymentsEnv>>): void {
  app.openapi(begin, async (c) => {
    const { amount } = c.req.valid('json')
    const begun = await beginCharge(c.env, moverOf(c), { amount, origin: new URL(c.req.url).origin })
    return reply(c, begun, 201)
  })

  app.openapi(read, async (c) => {
    onlyMine(c)
    return reply(c, await findCharge(c.env, moverOf(c), c.req.valid('param').id))
  })

  app.openapi(confirm, async (c) => {
    const confirmed = await confirmCharge(c.env, moverOf(c), c.req.valid('param').id)
    if (!confirmed.ok) return refusal(c, confirmed.refusal)
    const { charge, events } = confirmed.value
    tell(c, events)
    return c.json(charge, 200)
  })
}
