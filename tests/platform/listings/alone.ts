import { z } from 'zod'
import type { ImageId, MemberId } from '#contracts/ids'
import { Listing, type PostListing } from '#contracts/listings'
import type { ListingsApi } from '#contracts/listings.api'
import { tallyOf } from '#do/tally/tally.rules'
import { newId } from '#kit/id'
import { startAlone } from '../../support/worker-alone.ts'

export { newMember } from '../../support/worker-alone.ts'

/** The listings worker alone in workerd; identity and media are stand-ins (neighbours.worker.ts). */
export async function startListings() {
  const alone = await startAlone<Env, { LISTINGS: Service<ListingsApi> }>({
    domain: 'listings',
    neighbours: ['IDENTITY', 'MEDIA'],
    entrypoint: 'ListingsRpc',
  })
  const { server, worker, neighbours, db, call, factsOf, deliver: hear, close } = alone
  const { LISTINGS: rpc } = await neighbours.getEnv()

  /** Posts something ordinary, changed by `over`. */
  async function post(as: MemberId, over: Partial<PostListing> = {}): Promise<Listing> {
    const answer = await call('POST', 'listings', { as, json: { ...LAMP, ...over } })
    if (answer.status !== 201) throw new Error(`post refused: ${answer.status} ${answer.text}`)
    return Listing.parse(answer.json)
  }

  const media = (state: 'down' | 'up' | 'as it is') =>
    neighbours
      .fetch(`http://neighbours/${state === 'as it is' ? '' : state}`, {
        method: state === 'as it is' ? 'GET' : 'PUT',
      })
      .then(async (reply) => Hung.parse(await reply.json()).hung)

  /** A listing's tally out of memory, as the platform does with what is idle; its storage and alarm stay. */
  const evictTally = (listingId: string) => worker.evictDurableObject('TALLY', { name: tallyOf(listingId) })

  return { server, db, evictTally, rpc, call, post, factsOf, hear, media, close }
}

const Hung = z.object({ hung: z.record(z.string(), z.array(z.string())) })
type Env = { DB: D1Database; TALLY: DurableObjectNamespace }
export type ListingsAlone = Awaited<ReturnType<typeof startListings>>

export const LAMP: PostListing = {
  title: '북유럽풍 장스탠드 조명',
  description: '이사하면서 내놓아요. 잘 켜져요.',
  category: 'furniture',
  price: 25_000,
  imageIds: [],
}

export const newImage = (): ImageId => newId('img', Date.now())
export const ctx = {
  actor: { kind: 'worker', worker: 'test' },
  requestId: 'test',
  idempotencyKey: 'test',
} as const
