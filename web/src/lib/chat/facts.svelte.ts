import type { ListingRoom, Room } from '#contracts/chat'
import type { Page } from '#contracts/page'
import type { Appointment, Trade } from '#contracts/trades'
import { get, query } from '$lib/api/client.ts'
import { isOpenPurchase } from '$lib/trades/escrow.ts'
import { Paced } from './paced.ts'

/** The lists follow the room by a breath: asked at once, they would still tell the past. */
const LAG_MS = 800
const RECENT_TRADES = 50

/** What stands around the talk: who mutes or blocks, the listing, the appointment, the trade it became. */
export class RoomFacts {
  appointment = $state.raw<Appointment | null>(null)
  trade = $state.raw<Trade | null>(null)
  /** The purchase with the wallet that has the thing now. */
  openTrade = $state.raw<Trade | null>(null)
  /** Until they were read once nothing is said of them: a step that turns into another under the finger misleads. */
  isKnown = $state(false)
  readonly #first: Room
  #latest = $state.raw<Room | null>(null)
  readonly #later = new Paced(LAG_MS, () => void this.read())

  constructor(first: Room) {
    this.#first = first
  }

  get room(): Room {
    return this.#latest ?? this.#first
  }

  set room(room: Room) {
    this.#latest = room
  }

  /** Something moved: looked at again in a moment. */
  moved(): void {
    this.#later.ask()
  }

  stop(): void {
    this.#later.stop()
  }

  /** What cannot be read stays as it was. */
  async read(): Promise<void> {
    const id = this.#first.id
    if (this.#first.kind === 'group_buy') {
      const room = await get<Room>(fetch, `/chat/rooms/${id}`)
      if (room.ok) this.#latest = room.value
      return
    }
    const [room, appointments] = await Promise.all([
      get<Room>(fetch, `/chat/rooms/${id}`),
      get<Page<Appointment>>(fetch, `/appointments${query({ roomId: id })}`),
    ])
    if (room.ok) this.#latest = room.value
    if (appointments.ok) this.appointment = appointments.value.items[0] ?? null
    const now = this.room
    if (now.kind !== 'listing') return
    const { status } = now.listing
    const isTaken = status === 'sold' || status === 'reserved'
    if (!isTaken) {
      this.trade = null
      this.openTrade = null
    }
    if (!isTaken || (await this.#readTrades(now))) this.isKnown = true
  }

  /** False when they could not be read: whose the thing became is then not known. */
  async #readTrades({ role, listing, peer }: ListingRoom): Promise<boolean> {
    const path = role === 'seller' ? '/me/sales' : '/me/purchases'
    const reply = await get<Page<Trade>>(fetch, `${path}${query({ limit: RECENT_TRADES })}`)
    if (!reply.ok) return false
    const ours = reply.value.items.filter(
      (trade) => trade.listing.id === listing.id && trade.peer.id === peer.id,
    )
    this.trade = ours.find(({ state }) => state === 'completed') ?? null
    this.openTrade = ours.find(isOpenPurchase) ?? null
    return true
  }
}
