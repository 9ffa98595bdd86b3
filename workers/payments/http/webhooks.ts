import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { type AppEnv, refusal } from '#kit/app'
import { nowMs } from '#kit/clock'
import { jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import type { PaymentsEnv } from '../env.ts'
import { hearWebhook } from '../webhook.service.ts'

// The body is left out: it is checked as bytes, by its signature, before anything reads it.
const portOne = createRoute({
  method: 'post',
  path: '/api/v1/payments/webhooks/portone',
  tags: ['payments'],
  responses: {
    200: jsonReply(z.object({ received: z.literal(true) }), 'heard; a repeat or a stranger changes nothing'),
    ...problems(404, 409),
  },
})

/** What the payment provider tells us unasked. */
export function webhookRoutes(app: OpenAPIHono<AppEnv<PaymentsEnv>>): void {
  app.openapi(portOne, async (c) => {
    const { requestId } = c.var
    const headers = c.req.raw.headers
    const heard = await hearWebhook(c.env, { body: await c.req.text(), headers, requestId, atMs: nowMs() })
    if (!heard.ok) return refusal(c, heard.refusal)
    const { events } = heard.value
    tell(c, events)
    return c.json({ received: true as const }, 200)
  })
}
