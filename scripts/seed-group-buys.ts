import { drawScene } from './demo-town/draw.ts'
import type { Town } from './demo-town/town.ts'
import { GROUP_BUYS, type TownGroupBuy } from './demo-town/words/group-buys.ts'
import type { Journal } from './journal.ts'
import { type Api, at, inLanes, Made, post } from './seed-api.ts'

const HOUR_MS = 60 * 60 * 1000
/** What every member who joins something has in their wallet first. */
const PURSE_WON = 200_000
/** Photos of their own, apart from those of listings. */
const PHOTO_SEED = 7_000

type Seeding = { origin: string; api: Api; journal: Journal; town: Town }

/** What the town buys together, opened, with money put aside by those who are in it. Cut short it goes on where the journal ends. */
export async function seedGroupBuys(seeding: Seeding): Promise<void> {
  const payers = [...new Set(GROUP_BUYS.flatMap(({ joined }) => joined.map(({ member }) => member)))]
  await inLanes(payers, (member) => fillPurse(seeding, member))
  await inLanes([...GROUP_BUYS], (groupBuy, index) => seedGroupBuy(seeding, groupBuy, index))
}

/** A top-up through the stand-in of the provider, as anybody makes it. */
async function fillPurse({ origin, api, journal }: Seeding, member: number): Promise<void> {
  const now = (key: string) => ({ key: `${key}-${member}`, msAgo: 0 })
  const id = await journal.once(
    `charge ${member}`,
    async () =>
      Made.parse(await api.post(member, '/wallet/charges', { amount: PURSE_WON }, now('town-charge'))).id,
  )
  await journal.once(`charged ${member}`, async () => {
    await post(`${origin}/dev/pay/checkout/${id}/approve`, {})
    await api.post(member, `/wallet/charges/${id}/confirm`, {}, now('town-charged'))
    return 'charged'
  })
}

async function seedGroupBuy(
  { api, journal, town }: Seeding,
  groupBuy: TownGroupBuy,
  index: number,
): Promise<void> {
  const { host, scene, endsInHours, openedHoursAgo, place, joined, ...words } = groupBuy
  const home = at(town.members, host).place
  const imageId = await journal.once(`group photo ${index}`, async () => {
    const drawn = await drawScene({ kind: scene, seed: PHOTO_SEED + index, shot: 0 })
    return await api.upload(host, Uint8Array.from(drawn), 'image/jpeg')
  })
  // Noted first: the same key must come with the same deadline.
  const deadline = await journal.once(`group deadline ${index}`, async () =>
    new Date(Date.now() + endsInHours * HOUR_MS).toISOString(),
  )
  const id = await journal.once(`group ${index}`, async () => {
    const body = {
      ...words,
      ...{ deadline, pickup: place, imageIds: [imageId], region: home.name },
      location: { lat: home.lat, lng: home.lng },
    }
    const past = { key: `town-group-${index}`, msAgo: openedHoursAgo * HOUR_MS }
    return Made.parse(await api.post(host, '/group-buys', body, past)).id
  })
  for (const { member, units } of joined)
    await journal.once(`group ${index} ${member}`, async () => {
      await api.send('PUT', member, `/group-buys/${id}/claim`, { units })
      return String(units)
    })
}
