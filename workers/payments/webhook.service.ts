import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { z } from 'zod'
import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import { ChargeId } from '#contracts/ids'
import { ok, refuse } from '#kit/result'
import { followCharge } from './charge.follow.service.ts'
import { readCharge } from './charge.store.ts'
import type { PaymentsEnv } from './env.ts'
import { isWebhookKnown, keepWebhook } from './webhook.store.ts'

const ID_LENGTH_MAX = 255

/** The part of a webhook that is read. It only says where to look: no amount in it is believed. */
const Told = z.object({
  type: z.string().max(100),
  data: z.object({ storeId: z.string(), paymentId: z.string().max(200) }),
})

export type Delivery = {
  /** The body as it came, byte for byte: the signature is of it. */
  body: string
  headers: Headers
  requestId: string
  atMs: number
}

/**
 * The provider's word that something happened to a payment. Its signature and time are checked (Standard Webhooks, five minutes),
 * then the provider's own API is asked how the payment stands. A repeat, an unknown payment or another shop's is taken and ignored;
 * when the API is out of reach nothing is remembered, and the provider sends it again.
 */
export async function hearWebhook(
  env: PaymentsEnv,
  { body, headers, requestId, atMs }: Delivery,
): Promise<Result<{ events: MadangEvent[] }>> {
  const id = headers.get('webhook-id') ?? ''
  if (id.length > ID_LENGTH_MAX || !isGenuine(env, body, headers)) return refuse('WEBHOOK_REFUSED')
  const told = Told.safeParse(JSON.parse(body))
  if (!told.success || told.data.data.storeId !== env.PORTONE_STORE_ID) return ok({ events: [] })
  const { type, data } = told.data
  const chargeId = ChargeId.safeParse(data.paymentId)
  if (!chargeId.success || !type.startsWith('Transaction.')) return ok({ events: [] })
  if (await isWebhookKnown(env.DB, id)) return ok({ events: [] })
  if ((await readCharge(env.DB, chargeId.data)) === null) return ok({ events: [] })
  const following = { actorId: null, requestId, atMs, also: () => [] }
  const followed = await followCharge(env, chargeId.data, following)
  if (!followed.ok) return followed
  await keepWebhook(env.DB, { id, type, paymentId: data.paymentId, atMs }).run()
  return ok({ events: followed.value.events })
}

/** Signed by the provider within the last five minutes. */
function isGenuine(env: PaymentsEnv, body: string, headers: Headers): boolean {
  const signed = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, headers.get(name) ?? '']),
  )
  try {
    new Webhook(env.PORTONE_WEBHOOK_SECRET).verify(body, signed)
    return true
  } catch (error) {
    // A body that is no JSON is none of the provider's either.
    if (error instanceof WebhookVerificationError || error instanceof SyntaxError) return false
    throw error
  }
}
