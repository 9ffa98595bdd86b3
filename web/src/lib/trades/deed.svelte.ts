import type { Trade } from '#contracts/trades'
import { call, type Reply } from '$lib/api/client.ts'
import { sentenceOf } from '$lib/api/fail.ts'

/**
 * Something done to a trade once. Sent again after a lost answer it carries the same key, so that it is done once; what was
 * refused, or says something else, is a new deed.
 */
export class Deed {
  busy = $state(false)
  /** Why the last try did not do it, in a sentence. */
  note = $state('')
  #sent = ''
  #key = ''

  /** Null when one is on its way already. */
  async send(path: string, body?: unknown): Promise<Reply<Trade> | null> {
    if (this.busy) return null
    this.busy = true
    this.note = ''
    const what = `${path} ${JSON.stringify(body ?? null)}`
    if (what !== this.#sent) this.#key = crypto.randomUUID()
    this.#sent = what
    const extras = body === undefined ? {} : { body }
    const reply = await call<Trade>(fetch, 'POST', path, { ...extras, idempotencyKey: this.#key })
    if (!reply.ok) this.note = sentenceOf(reply.trouble)
    if (reply.ok || reply.trouble.kind === 'refusal') this.#sent = ''
    this.busy = false
    return reply
  }
}
