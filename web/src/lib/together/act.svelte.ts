import { call, type Reply } from '$lib/api/client.ts'
import { sentenceOf } from '$lib/api/fail.ts'
import { m } from '$lib/paraglide/messages.js'
import { isUnsure } from '$lib/wallet/once.svelte.ts'

type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Something done once. A double click does nothing twice; the same again after a lost answer carries the same key, so that it is
 * done once or tells what happened. What was answered is over: the next is another one.
 */
export class Act {
  busy = $state(false)
  /** Why the last try did not do it, in a sentence. */
  note = $state('')
  #key = crypto.randomUUID()
  #asked = ''

  /** Null when one is on its way already. */
  async send<Value>(method: Method, path: string, body?: object): Promise<Reply<Value> | null> {
    if (this.busy) return null
    this.busy = true
    this.note = ''
    const asked = JSON.stringify([method, path, body])
    if (asked !== this.#asked) this.#key = crypto.randomUUID()
    this.#asked = asked
    const extras = body === undefined ? {} : { body }
    const reply = await call<Value>(fetch, method, path, { ...extras, idempotencyKey: this.#key })
    const unsure = !reply.ok && isUnsure(reply.trouble)
    if (!unsure) this.#key = crypto.randomUUID()
    if (!reply.ok) this.note = unsure ? m.pay_unsure() : sentenceOf(reply.trouble)
    this.busy = false
    return reply
  }
}

/** The code of a refusal; null for everything else. */
export const codeOf = (reply: Reply<unknown>): string | null =>
  !reply.ok && reply.trouble.kind === 'refusal' ? reply.trouble.problem.code : null
