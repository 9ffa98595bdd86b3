import type { Trade } from '#contracts/trades'
import { call, type Reply } from '$lib/api/client.ts'
import { sentenceOf } from '$lib/api/fail.ts'
import { m } from '$lib/paraglide/messages.js'
import { isUnsure } from '$lib/wallet/once.svelte.ts'

/**
 * Something done to a trade once. A double click does nothing twice; sent again after a lost answer it carries the same key, so
 * that it is done once or tells what happened. What was answered is over: the next deed is another one.
 */
export class Deed {
  busy = $state(false)
  /** Why the last try did not do it, in a sentence. */
  note = $state('')
  #key = crypto.randomUUID()

  /** Null when one is on its way already. */
  async send(path: string, body?: unknown): Promise<Reply<Trade> | null> {
    if (this.busy) return null
    this.busy = true
    this.note = ''
    const extras = body === undefined ? {} : { body }
    const reply = await call<Trade>(fetch, 'POST', path, { ...extras, idempotencyKey: this.#key })
    const unsure = !reply.ok && isUnsure(reply.trouble)
    if (!unsure) this.#key = crypto.randomUUID()
    if (!reply.ok) this.note = unsure ? m.pay_unsure() : sentenceOf(reply.trouble)
    this.busy = false
    return reply
  }
}
