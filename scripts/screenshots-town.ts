import { z } from 'zod'
import type { Person } from '../tests/support/browser-person.ts'
import { Refused } from './refused.ts'

/** Where something is; null when the town has no such thing for whoever asks. */
export type Where = (person: Person) => Promise<string | null>

const Things = z.object({ items: z.array(z.looseObject({ id: z.string() })) })
/** A group buy's room has no listing. */
const Rooms = z.object({
  items: z.array(
    z.object({ id: z.string(), role: z.string(), listing: z.object({ status: z.string() }).optional() }),
  ),
})
const Trades = z.object({
  items: z.array(z.object({ id: z.string(), review: z.object({ mine: z.unknown() }) })),
})
const Purchases = z.object({
  items: z.array(z.object({ id: z.string(), state: z.string(), escrow: z.unknown() })),
})
const ForSale = z.object({
  items: z.array(z.object({ id: z.string(), price: z.number(), seller: z.object({ id: z.string() }) })),
})
/** A member, a room: whatever has an id. */
const Something = z.object({ id: z.string() })
const Underways = z.object({ items: z.array(z.object({ kind: z.string(), id: z.string() })) })
const Causes = z.object({ items: z.array(z.object({ cause: z.object({ id: z.string() }) })) })
const Appointments = z.object({ items: z.array(z.object({ roomId: z.string() })) })

const ask = async ({ page }: Person, path: string): Promise<unknown> =>
  await (await page.request.get(`/api/v1${path}`)).json()
const pathTo = (under: string, id: string | undefined) => (id === undefined ? null : `${under}/${id}`)

/** The first thing of a list of them. */
const firstOf =
  (list: string, under: string, place = 0): Where =>
  async (person) =>
    pathTo(under, Things.parse(await ask(person, list)).items[place]?.id)

export const aGroupBuy = firstOf('/group-buys?state=recruiting', '/together')
export const myGroupBuy = firstOf('/me/group-buys?role=host', '/together')
export const myGroupBuyToEdit: Where = async (person) => {
  const path = await myGroupBuy(person)
  return path === null ? null : `${path}/edit`
}
/** The talk of a group buy that one is in; whoever comes first opens it. */
export const groupRoom =
  (role: 'host' | 'member'): Where =>
  async (person) => {
    const { items } = Things.parse(await ask(person, `/me/group-buys?role=${role}`))
    if (!items[0]) return null
    const reply = await person.page.request.post('/api/v1/chat/rooms', {
      data: { groupBuyId: items[0].id },
      headers: { 'idempotency-key': crypto.randomUUID(), origin: new URL(person.page.url()).origin },
    })
    return reply.ok() ? pathTo('/chat', Something.parse(await reply.json()).id) : null
  }
const roomWhere =
  (fits: (room: z.infer<typeof Rooms>['items'][number]) => boolean): Where =>
  async (person) =>
    pathTo('/chat', Rooms.parse(await ask(person, '/chat/rooms?limit=50')).items.find(fits)?.id)
export const openRoom = roomWhere(({ listing }) => listing?.status === 'on_sale')
export const roomToSell = roomWhere(({ listing, role }) => listing?.status === 'on_sale' && role === 'seller')
export const soldRoom = roomWhere(({ listing }) => listing?.status === 'sold')
export const meetingRoom: Where = async (person) =>
  pathTo('/chat', Appointments.parse(await ask(person, '/appointments')).items[0]?.roomId)
export const tradeWhere =
  (isReviewed: boolean): Where =>
  async (person) => {
    const pages = await Promise.all(['/me/sales', '/me/purchases'].map((path) => ask(person, path)))
    const trades = pages.flatMap((page) => Trades.parse(page).items)
    return pathTo('/me/trades', trades.find(({ review }) => (review.mine !== null) === isReviewed)?.id)
  }
export const purchaseIn =
  (side: 'sales' | 'purchases', wanted: string): Where =>
  async (person) => {
    const { items } = Purchases.parse(await ask(person, `/me/${side}?limit=50`))
    const found = items.find(({ state, escrow }) => state === wanted && escrow !== null)
    return pathTo('/me/trades', found?.id)
  }
export const somethingForSale: Where = async (person) => {
  const { id } = Something.parse(await ask(person, '/me'))
  const { items } = ForSale.parse(
    await ask(person, '/listings?status=on_sale&sort=wishes&minPrice=1&limit=50'),
  )
  return pathTo('/listings', items.find(({ seller }) => seller.id !== id)?.id)
}
export const aCampaign = firstOf('/coupons/campaigns', '/operator/coupons')
export const aNotice = firstOf('/me/decisions', '/me/notices')
export const aCase = firstOf('/operator/cases', '/operator/cases')

export const aClaimPage = firstOf('/coupons/campaigns', '/coupons')
export const aNextClaimPage = firstOf('/coupons/campaigns', '/coupons', 1)
export const someoneElse: Where = async (person) => {
  const { id } = Something.parse(await ask(person, '/me'))
  const { items } = ForSale.parse(await ask(person, '/listings?limit=50'))
  const other = items.find(({ seller }) => seller.id !== id)
  return other ? `/wallet/send?to=${other.seller.id}` : null
}
export const underway =
  (wanted: string, under: string): Where =>
  async (person) => {
    const { items } = Underways.parse(await ask(person, '/wallet/underway'))
    return pathTo(under, items.find(({ kind }) => kind === wanted)?.id)
  }
export const pastMoney =
  (wanted: string, under: string): Where =>
  async (person) =>
    pathTo(under, Causes.parse(await ask(person, `/wallet/entries?cause=${wanted}`)).items[0]?.cause.id)

const Cards = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      imageCount: z.number(),
      seller: z.object({ id: z.string() }),
      counts: z.object({ comments: z.number() }),
    }),
  ),
})

/** A thing with several photos and some talk. */
export async function talkedAbout(origin: string): Promise<{ id: string; sellerId: string }> {
  const reply = await fetch(`${origin}/api/v1/listings?sort=wishes&status=on_sale&limit=50`).catch(() => null)
  const cards = reply?.ok ? Cards.parse(await reply.json()).items : []
  const rank = (card: (typeof cards)[number]) => Math.min(card.imageCount, 4) * 10 + card.counts.comments
  const best = cards.toSorted((a, b) => rank(b) - rank(a))[0]
  if (!best)
    throw new Refused(`No demo town answers at ${origin}; run \`npm start\` and name it with --origin.`)
  return { id: best.id, sellerId: best.seller.id }
}
