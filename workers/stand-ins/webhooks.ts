import { Webhook } from 'standardwebhooks'
import { nowMs, SECOND_MS, toIso } from '#kit/clock'
import { payEnvOf } from './pay-env.ts'

const PATH = '/api/v1/payments/webhooks/portone'
/** Any origin does: the edge is reached by its binding. */
const EDGE_ORIGIN = 'https://edge.invalid'
/** What somebody who does not know the secret signs with. */
const FORGERS_SECRET = btoa('this is not the secret we agreed on')

/** A webhook to be sent; `isForged` signs it with another secret, `ageSeconds` dates it back (or ahead, below zero). */
export type WebhookOrder = {
  id: string
  type: string
  payment: { paymentId: string; storeId: string }
  isForged?: boolean | undefined
  ageSeconds?: number | undefined
}

/** Sends a signed webhook by the front door, as PortOne does; answers the status it met, 0 when there was none. */
export async function sendWebhook(env: object, order: WebhookOrder): Promise<number> {
  const { EDGE, PORTONE_WEBHOOK_SECRET } = payEnvOf(env)
  const { paymentId, storeId } = order.payment
  const signedAtMs = nowMs() - (order.ageSeconds ?? 0) * SECOND_MS
  const body = JSON.stringify({
    type: order.type,
    timestamp: toIso(nowMs()),
    data: { storeId, paymentId, transactionId: `tx-${paymentId}` },
  })
  const signer = new Webhook(order.isForged ? FORGERS_SECRET : PORTONE_WEBHOOK_SECRET)
  const headers = {
    'content-type': 'application/json',
    'webhook-id': order.id,
    'webhook-timestamp': String(Math.floor(signedAtMs / SECOND_MS)),
    'webhook-signature': signer.sign(order.id, new Date(signedAtMs), body),
  }
  try {
    const reply = await EDGE.fetch(`${EDGE_ORIGIN}${PATH}`, { method: 'POST', headers, body })
    await reply.body?.cancel()
    return reply.status
  } catch {
    return 0
  }
}
