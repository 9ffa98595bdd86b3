import type { GroupBuy, UnitsClaim } from '#contracts/group-buys'
import type { Wallet } from '#contracts/payments'
import { get, type Reply } from '$lib/api/client.ts'
import { Act, codeOf } from './act.svelte.ts'
import type { GroupBuyWatch } from './watch.svelte.ts'

/** What choosing so many units means for my money and for the others. */
export type Choice =
  | { kind: 'same' }
  | { kind: 'join'; more: number }
  | { kind: 'fewer'; back: number }
  | { kind: 'wait' }

export function choiceOf(
  wanted: number,
  have: number,
  { remainingUnits, unitPrice }: Pick<GroupBuy, 'remainingUnits' | 'unitPrice'>,
): Choice {
  if (wanted === have) return { kind: 'same' }
  if (wanted < have) return { kind: 'fewer', back: (have - wanted) * unitPrice }
  if (wanted - have > remainingUnits) return { kind: 'wait' }
  return { kind: 'join', more: (wanted - have) * unitPrice }
}

/** Joining, changing and leaving while the page is open. */
export class Joining {
  wallet = $state.raw<Wallet | null>(null)
  readonly act = new Act()
  readonly #watch: GroupBuyWatch
  readonly #reload: () => Promise<void>

  constructor(watch: GroupBuyWatch, reload: () => Promise<void>) {
    this.#watch = watch
    this.#reload = reload
  }

  /** Without it joining still works: what is missing is then said by the answer. */
  async readWallet(): Promise<void> {
    const reply = await get<Wallet>(fetch, '/wallet')
    if (reply.ok) this.wallet = reply.value
  }

  missing(choice: Choice): number {
    if (choice.kind !== 'join' || this.wallet === null) return 0
    return Math.max(0, choice.more - this.wallet.balance)
  }

  /** So many in all; null when it was not done, and `act.note` says why. */
  async take(units: number, wait: boolean): Promise<UnitsClaim | null> {
    const { id } = this.#watch.groupBuy
    const reply = await this.#change('PUT', `/group-buys/${id}/claim`, { units, wait })
    return reply?.ok ? reply.value : null
  }

  async leave(): Promise<boolean> {
    const { id } = this.#watch.groupBuy
    const reply = await this.#change('DELETE', `/group-buys/${id}/claim`)
    return reply?.ok === true
  }

  async #change(method: 'PUT' | 'DELETE', path: string, body?: object): Promise<Reply<UnitsClaim> | null> {
    this.#watch.isChanging = true
    const reply = await this.act.send<UnitsClaim>(method, path, body)
    if (reply !== null) await this.#after(codeOf(reply))
    if (!this.act.busy) this.#watch.isChanging = false
    return reply
  }

  /** Whatever came of it, units and money may have moved. */
  async #after(code: string | null): Promise<void> {
    await Promise.all([this.#reload(), this.readWallet()])
    if (code === 'SLOTS_EXHAUSTED' || code === 'GROUP_BUY_CLOSED') await this.#watch.look()
  }
}
