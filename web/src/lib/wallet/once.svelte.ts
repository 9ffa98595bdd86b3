import { call, type Reply, type Trouble } from '$lib/api/client.ts'

export type KeptOnce = { key: string; phase: 'idle' | 'unsure' }

/** Whether a failed call may have moved money all the same: then only the same key finds out. */
export function isUnsure(trouble: Trouble): boolean {
  if (trouble.kind !== 'refusal') return true
  return trouble.problem.status >= 500 || trouble.problem.code === 'REQUEST_IN_FLIGHT'
}

/**
 * One act of money. A double click does nothing twice; after an answer that was lost the phase is `unsure`, and sending the same
 * body again carries the same key, so that it moves once or tells what happened. A new act has a new key.
 */
export class Once<Body extends object, Value> {
  phase = $state<'idle' | 'busy' | 'unsure'>('idle')
  #key: string = crypto.randomUUID()

  /** Null when one is on its way already. */
  async send(path: string, body: Body): Promise<Reply<Value> | null> {
    if (this.phase === 'busy') return null
    this.phase = 'busy'
    const reply = await call<Value>(fetch, 'POST', path, { body, idempotencyKey: this.#key })
    if (!reply.ok && isUnsure(reply.trouble)) this.phase = 'unsure'
    else this.begin()
    return reply
  }

  /** The next act is another one. */
  begin(): void {
    this.#key = crypto.randomUUID()
    this.phase = 'idle'
  }

  /** For a snapshot: who reloads in the middle of it comes back to `unsure`, not to a new act. */
  keep(): KeptOnce {
    return { key: this.#key, phase: this.phase === 'idle' ? 'idle' : 'unsure' }
  }
  restore({ key, phase }: KeptOnce): void {
    this.#key = key
    this.phase = phase
  }
}
