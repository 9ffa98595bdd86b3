import type { GroupBuy, MyGroupBuy } from '#contracts/group-buys'
import { get } from '$lib/api/client.ts'
import { ServerClock } from '$lib/coupons/clock.ts'
import { m } from '$lib/paraglide/messages.js'
import { codeOf } from './act.svelte.ts'
import { isOver } from './names.ts'
import { unitsWords } from './words.ts'

const TICK_MS = 1_000
const LOOK_RECRUITING_MS = 5_000
/** Past the deadline the outcome is there in a moment. */
const LOOK_DECIDING_MS = 1_000
const LOOK_LATER_MS = 15_000
const MEASURE_EVERY_MS = 60_000

/** A group buy as its page watches it: time by the server's clock, units by looking again while the page is seen. */
export class GroupBuyWatch {
  groupBuy: GroupBuy
  /** My part of it; null for whoever has none. */
  mine: MyGroupBuy | null
  nowMs: number
  /** While I change my part nobody looks: what is there is about to be different. */
  isChanging = false
  /** The last look found nobody: what is shown may be old. */
  isStale = $state(false)
  /** What a screen reader says next. */
  spoken = $state('')
  readonly #clock: ServerClock
  #looking = 0
  #timers: ReturnType<typeof setTimeout>[] = []
  #isLeft = false

  constructor(groupBuy: GroupBuy, mine: MyGroupBuy | null, now: string) {
    this.#clock = new ServerClock(now)
    this.groupBuy = $state.raw(mine?.groupBuy ?? groupBuy)
    this.mine = $state.raw(mine)
    this.nowMs = $state(Date.parse(now))
  }

  get leftMs(): number {
    return Date.parse(this.groupBuy.deadline) - this.nowMs
  }
  get isOpen(): boolean {
    return this.groupBuy.state === 'recruiting' && this.leftMs > 0
  }

  start(): () => void {
    this.#isLeft = false
    void this.#clock.measure()
    const measuring = setInterval(() => void this.#clock.measure(), MEASURE_EVERY_MS)
    const ticking = setInterval(() => (this.nowMs = this.#clock.nowMs()), TICK_MS)
    const seen = () => {
      if (document.visibilityState === 'visible') void this.look()
    }
    document.addEventListener('visibilitychange', seen)
    this.#again()
    return () => {
      this.#isLeft = true
      clearInterval(measuring)
      clearInterval(ticking)
      for (const timer of this.#timers) clearTimeout(timer)
      document.removeEventListener('visibilitychange', seen)
    }
  }

  /** What the page's own load brought is newer than a look still on its way. */
  take(groupBuy: GroupBuy, mine: MyGroupBuy | null): void {
    this.#looking++
    this.mine = mine
    this.#show(mine?.groupBuy ?? groupBuy)
  }

  /** Looks now; an answer overtaken by a later look or by the page's own load is dropped. What cannot be read stays as it was shown. */
  async look(): Promise<void> {
    const turn = ++this.#looking
    const { id } = this.groupBuy
    const mine = this.mine && (await this.#readMine(id))
    const reply = mine === null || mine === 'gone' ? await this.#readPublic(id) : mine
    if (turn !== this.#looking) return
    this.isStale = !reply.ok
    if (!reply.ok) return
    this.mine = reply.mine
    this.#show(reply.groupBuy)
  }

  async #readMine(id: string) {
    const reply = await get<MyGroupBuy>(fetch, `/group-buys/${id}/mine`)
    if (reply.ok) return { ok: true as const, groupBuy: reply.value.groupBuy, mine: reply.value }
    // Left from another device, or passed over on the waiting list.
    return codeOf(reply) === 'NOT_FOUND' ? ('gone' as const) : { ok: false as const }
  }
  async #readPublic(id: string) {
    const reply = await get<GroupBuy>(fetch, `/group-buys/${id}`, { fresh: true })
    return reply.ok ? { ok: true as const, groupBuy: reply.value, mine: null } : { ok: false as const }
  }

  #show(next: GroupBuy): void {
    const { remainingUnits, distanceKm } = this.groupBuy
    if (next.state === 'recruiting' && next.remainingUnits !== remainingUnits)
      this.spoken = m.gb_say_left({ units: unitsWords(next.remainingUnits, next.unit) })
    this.groupBuy = distanceKm === undefined ? next : { distanceKm, ...next }
  }

  #again(): void {
    const { state } = this.groupBuy
    if (this.#isLeft || isOver(state)) return
    const recruiting = this.leftMs > 0 ? LOOK_RECRUITING_MS : LOOK_DECIDING_MS
    const afterMs = state === 'recruiting' ? recruiting : LOOK_LATER_MS
    this.#timers[0] = setTimeout(async () => {
      if (document.visibilityState === 'visible' && !this.isChanging) await this.look()
      this.#again()
    }, afterMs)
  }
}
