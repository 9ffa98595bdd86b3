import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { ListingId, MemberId } from '#contracts/ids'
import type { EditListing, Listing, PostListing } from '#contracts/listings'
import type { Position } from '#contracts/place'
import { nowMs, toIso } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import type { Completion } from '#kit/idempotency'
import { eventOf, outboxPut } from '#kit/outbox'
import { spotOf } from '#kit/place'
import { ok, refuse } from '#kit/result'
import { imagesOf, type ListingRow, listingOf, snapshotOf } from './card.rules.ts'
import type { ListingsEnv } from './env.ts'
import {
  BUMP_COOL_DOWN_MS,
  bump,
  changedFields,
  forbiddenPlantPart,
  moveStatus,
  OPEN_LISTINGS_MAX,
} from './listing.rules.ts'
import { insertListing, readListing, removeListing } from './listing.store.ts'
import { changeListing, EDIT_TRIES, type Step } from './listing-change.service.ts'
import { hangPhotos } from './photos.service.ts'
import { recentSellerFor, type SellerNow, sellerFor } from './seller.service.ts'

/** Who asks, and how a retry is to be answered. */
export type Asker = {
  memberId: MemberId
  requestId: string
  completion: Completion
  idempotencyKey: string | undefined
  /** When it is done, ms since 1970: now, but for a demo town's past. */
  atMs: number
}
/** What a write answers, and the facts it committed, to be relayed. */
export type Written<Value> = Result<{ value: Value; events: MadangEvent[] }>

/** Puts a thing up. Photos are hung first; then the listing, its fact and the answer to retries are one batch. */
export async function postListing(
  env: ListingsEnv,
  asker: Asker,
  post: PostListing,
): Promise<Written<Listing>> {
  if (forbiddenPlantPart(post.category, post.title)) return refuse('PLANT_PART_FORBIDDEN')
  // With photos, the limit is asked before media is; without, the insert's own guard is enough.
  const ask = post.imageIds.length > 0 ? sellerFor : recentSellerFor
  const seller = await ask(env, asker.memberId, asker.requestId)
  if (!seller.ok) return seller
  if (seller.value.open >= OPEN_LISTINGS_MAX) return refuse('LISTING_LIMIT_REACHED')

  const { memberId, requestId, atMs } = asker
  const freshId = newId('lst', atMs)
  const intent = {
    memberId,
    retryKey: `post:${asker.idempotencyKey ?? freshId}`,
    listingId: freshId,
    atMs: nowMs(),
  }
  const hung =
    post.imageIds.length === 0
      ? ok({ listingId: freshId, images: '[]', statements: [] })
      : await hangPhotos(env, intent, { imageIds: post.imageIds, version: 1, requestId })
  if (!hung.ok) return hung

  const row = newRow(hung.value.listingId, seller.value, post, hung.value.images, atMs)
  const listing = listingOf(row)
  const event = eventOf(
    {
      type: 'listing.posted',
      aggregateId: row.id,
      version: 1,
      actorId: asker.memberId,
      requestId: asker.requestId,
      data: snapshotOf(row),
    },
    atMs,
  )
  for (let attempt = 1; ; attempt++) {
    const outcome = await runBatch(env.DB, [
      ...insertListing(env.DB, row),
      outboxPut(env.DB, event),
      ...hung.value.statements,
      ...asker.completion(201, listing),
    ])
    if (outcome.kind === 'done') return ok({ value: listing, events: [event] })
    // Two postings of one millisecond may draw the same number: nothing was written, so another is drawn.
    const hasDrawnTaken = outcome.constraint === 'listings.seq' && attempt < NUMBER_DRAWS_MAX
    if (!hasDrawnTaken) return await whyNotPosted(env, asker, outcome.constraint)
  }
}

const NUMBER_DRAWS_MAX = 5

/** The batch aborts when the member's last place went to another request, or the claim on the key to a takeover. */
async function whyNotPosted(env: ListingsEnv, asker: Asker, constraint: string): Promise<Written<Listing>> {
  if (!['batch_guard.changed_one', 'listings.id', 'listings.seq'].includes(constraint))
    throw new Error(`listing refused by ${constraint}`)
  const seller = await sellerFor(env, asker.memberId, asker.requestId)
  if (!seller.ok) return seller
  const isFull = seller.value.open >= OPEN_LISTINGS_MAX
  return isFull ? refuse('LISTING_LIMIT_REACHED') : refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

function newRow(
  id: ListingId,
  seller: SellerNow,
  post: PostListing,
  images: string,
  atMs: number,
): ListingRow {
  return {
    seq: 0,
    id,
    sellerId: seller.memberId,
    nickname: seller.nickname,
    photoId: seller.photoId,
    title: post.title,
    description: post.description,
    category: post.category,
    price: post.price,
    status: 'on_sale',
    listed: 1,
    region: post.region ?? null,
    images,
    ...place(post.location),
    ...{ views: 0, wishes: 0, comments: 0, chats: 0 },
    version: 1,
    createdAtMs: atMs,
    bumpedAtMs: atMs,
    updatedAtMs: atMs,
    hiddenByOperator: null,
    soldByTrade: null,
    reservedByTrade: null,
    reservedUntilMs: null,
  }
}

const place = (location: Position | undefined) =>
  location ? spotOf(location) : { latMilli: null, lngMilli: null }

/** Changes a listing of one's own. Of two edits at once, the second is made on top of the first. */
export async function editListing(
  env: ListingsEnv,
  asker: Asker,
  id: ListingId,
  edit: EditListing,
): Promise<Written<Listing>> {
  return await onOwn(env, asker, id, async (row) => {
    const after = applyEdit(row, edit, nowMs())
    if (!after.ok) return after
    const { next, changed } = after.value
    const photosChange = edit.imageIds !== undefined && edit.imageIds.join() !== imageIds(row).join()
    if (changed.length === 0 && !photosChange) return ok({ row, statements: [], changed: [] })
    if (!photosChange) return ok({ row: next, statements: [], changed })
    const { memberId, requestId } = asker
    const intent = { memberId, retryKey: `edit:${id}`, listingId: id, atMs: next.updatedAtMs }
    const want = { imageIds: edit.imageIds ?? [], version: next.version, requestId }
    const hung = await hangPhotos(env, intent, want)
    if (!hung.ok) return hung
    const { images, statements } = hung.value
    return ok({ row: { ...next, images }, statements, changed: [...changed, 'images'] })
  })
}

const imageIds = (row: ListingRow) => imagesOf(row.images).map((image) => image.id)

function applyEdit(
  row: ListingRow,
  edit: EditListing,
  atMs: number,
): Result<{ next: ListingRow; changed: string[] }> {
  const status = moveStatus(row.status, edit.status ?? row.status)
  if (!status.ok) return status
  if (row.hiddenByOperator !== null && status.value !== 'hidden') return refuse('HIDDEN_BY_OPERATOR')
  const isMoved = status.value !== row.status || (edit.price !== undefined && edit.price !== row.price)
  if (row.reservedByTrade !== null && isMoved) return refuse('LISTING_IN_TRADE')
  const spot = edit.location ? spotOf(edit.location) : { latMilli: row.latMilli, lngMilli: row.lngMilli }
  const moved = spot.latMilli !== row.latMilli || spot.lngMilli !== row.lngMilli
  const next: ListingRow = {
    ...row,
    title: edit.title ?? row.title,
    description: edit.description ?? row.description,
    category: edit.category ?? row.category,
    price: edit.price ?? row.price,
    region: edit.region ?? row.region,
    ...spot,
    status: status.value,
    listed: status.value === 'hidden' ? 0 : 1,
    // What the seller moves by hand is no longer that trade's to undo.
    soldByTrade: status.value === row.status ? row.soldByTrade : null,
    version: row.version + 1,
    updatedAtMs: atMs,
  }
  const named = edit.title !== undefined || edit.category !== undefined
  if (named && forbiddenPlantPart(next.category, next.title)) return refuse('PLANT_PART_FORBIDDEN')
  return ok({ next, changed: [...changedFields(row, edit), ...(moved ? ['location'] : [])] })
}

/** Lifts a thing to the top of "newest", once a day. */
export async function bumpListing(
  env: ListingsEnv,
  asker: Asker,
  id: ListingId,
): Promise<Written<{ bumpedAt: string; nextBumpAt: string }>> {
  const bumped = await onOwn(
    env,
    asker,
    id,
    (row) => {
      const allowed = bump(row.status, row.bumpedAtMs, nowMs())
      if (!allowed.ok) return allowed
      const { atMs } = allowed.value
      const next = { ...row, bumpedAtMs: atMs, version: row.version + 1 }
      return ok({ row: next, statements: [], changed: ['bumpedAt'] })
    },
    (row) => asker.completion(200, bumpedReply(row.bumpedAtMs)),
  )
  if (!bumped.ok) return bumped
  const atMs = Date.parse(bumped.value.value.bumpedAt)
  return ok({ value: bumpedReply(atMs), events: bumped.value.events })
}

const bumpedReply = (atMs: number) => ({ bumpedAt: toIso(atMs), nextBumpAt: toIso(atMs + BUMP_COOL_DOWN_MS) })

/** One change of one's own listing. Absent and not-yours look alike. */
async function onOwn(
  env: ListingsEnv,
  asker: Asker,
  id: ListingId,
  step: (row: ListingRow) => Result<Step> | Promise<Result<Step>>,
  completed?: (row: ListingRow) => D1PreparedStatement[],
): Promise<Written<Listing>> {
  const by = { actorId: asker.memberId, requestId: asker.requestId }
  const own = (row: ListingRow) => (row.sellerId === asker.memberId ? step(row) : refuse('NOT_FOUND'))
  const changed = await changeListing(env, by, id, own, completed)
  return changed.ok ? ok({ ...changed.value, value: listingOf(changed.value.value) }) : changed
}

/** Takes a listing of one's own down for good; media lets go of its photos when it hears of it. */
export async function deleteListing(env: ListingsEnv, asker: Asker, id: ListingId): Promise<Written<null>> {
  for (let tries = 0; tries < EDIT_TRIES; tries++) {
    const row = await readListing(env.DB, id)
    if (!row || row.sellerId !== asker.memberId) return refuse('NOT_FOUND')
    if (row.reservedByTrade !== null) return refuse('LISTING_IN_TRADE')
    const event = deletedEvent(id, asker.memberId, row.version + 1, asker.requestId)
    const outcome = await runBatch(env.DB, [
      ...removeListing(env.DB, id, row.version, event.at),
      outboxPut(env.DB, event),
    ])
    if (outcome.kind === 'done') return ok({ value: null, events: [event] })
  }
  return refuse('CONFLICT')
}

/** The fact of a listing's end; also told of what a withdrawn member leaves. */
export const deletedEvent = (id: ListingId, sellerId: MemberId, version: number, requestId: string) =>
  eventOf(
    {
      type: 'listing.deleted',
      aggregateId: id,
      version,
      actorId: sellerId,
      requestId,
      data: { id, sellerId },
    },
    nowMs(),
  )
