import { WorkerEntrypoint } from 'cloudflare:workers'
import { z } from 'zod'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import { type HoldId, ImageId, MemberId } from '#contracts/ids'
import type { Image } from '#contracts/media'
import { imageUrls } from '#contracts/media'
import type { Hold } from '#contracts/payments'
import { Books } from '../trades/books.ts'

export const Told = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('purse'), memberId: MemberId, amount: z.int() }),
  /** Payments gives no answer from now on, or dies after it has done what it was asked. */
  z.object({ kind: z.literal('payments'), is: z.enum(['up', 'down', 'losing answers']) }),
  z.object({ kind: z.literal('stranger'), imageId: ImageId }),
  z.object({ kind: z.literal('wallets'), of: z.array(z.string()) }),
])
export type Told = z.infer<typeof Told>

const books = new Books()
const strangers = new Set<string>()
const causes = new Map<HoldId, string>()
const hung = new Map<string, ImageId[]>()
let payments: 'up' | 'down' | 'losing answers' = 'up'

type HoldRequest = Parameters<Books['hold']>[0] & { cause: { id: string }; instead?: HoldId[] }

/** Chat, identity, media and payments, as far as group-buys asks them; a test tells it what there is. */
export default class Neighbours extends WorkerEntrypoint<{ JWKS: string }> {
  jwks(): unknown {
    return JSON.parse(this.env.JWKS)
  }

  groupRoom(): Result<null> {
    return { ok: true, value: null }
  }

  members(_ctx: unknown, ids: MemberId[]): Result<PublicMember[]> {
    const value = ids.map((id) => ({
      ...{ id, nickname: `이웃 ${id.slice(-4)}`, photo: null, region: null, introduction: '' },
      ...{ joinedAt: '2026-01-01T00:00:00.000Z', withdrawn: false },
    }))
    return { ok: true, value }
  }

  attach(
    _ctx: unknown,
    { holder, imageIds }: { holder: { id: string }; imageIds: ImageId[] },
  ): Result<Image[]> {
    if (imageIds.some((id) => strangers.has(id))) return { ok: false, refusal: { code: 'IMAGE_NOT_YOURS' } }
    hung.set(holder.id, imageIds)
    return { ok: true, value: imageIds.map((id) => ({ id, width: 4, height: 3, urls: imageUrls(id) })) }
  }

  hold(_ctx: unknown, request: HoldRequest): Result<Hold[]> {
    return asPayments(() => {
      if (request.instead) books.release(request.instead)
      const held = books.hold(request)
      if (held.ok) for (const { id } of held.value) causes.set(id, request.cause.id)
      return held
    })
  }

  settle(_ctx: unknown, request: Parameters<Books['settle']>[0]) {
    return asPayments(() => books.settle(request))
  }

  release(_ctx: unknown, { holdIds }: { holdIds: HoldId[] }) {
    return asPayments(() => books.release(holdIds))
  }

  prolong(_ctx: unknown, request: { holdIds: HoldId[]; expiresAtMs: number }) {
    return asPayments(() => books.prolong(request.holdIds, request.expiresAtMs))
  }

  holdsOf(_ctx: unknown, { id }: { id: string }): Result<Hold[]> {
    return asPayments(() => ({
      ok: true,
      value: [...books.holds.values()].filter((hold) => causes.get(hold.id) === id),
    }))
  }

  override async fetch(request: Request): Promise<Response> {
    const told = Told.parse(await request.json())
    if (told.kind === 'purse') books.give(told.memberId, told.amount)
    if (told.kind === 'payments') payments = told.is
    if (told.kind === 'stranger') strangers.add(told.imageId)
    const of = told.kind === 'wallets' ? told.of : []
    return Response.json({
      wallets: of.map((who) => ({ total: books.balanceOf(who), held: books.heldOf(who) })),
      hung: Object.fromEntries(hung),
    })
  }
}

/** Does it as payments is told to be. */
function asPayments<Value>(work: () => Result<Value>): Result<Value> {
  if (payments === 'down') throw new Error('payments is down')
  const done = work()
  if (payments === 'losing answers') throw new Error('payments died after its commit')
  return done
}
