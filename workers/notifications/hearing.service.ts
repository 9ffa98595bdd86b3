import type { EventOf, MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { callWithin } from '#kit/call'
import { nowMs, SECOND_MS } from '#kit/clock'
import type { Effect } from '#kit/consume'
import { dropDevicesOf } from './device.store.ts'
import type { NotificationsEnv } from './env.ts'
import { type Sending, sendingsOf } from './errand.rules.ts'
import { runErrands } from './errand.service.ts'
import { putSending } from './errand.store.ts'
import { type NameOf, namedIn, ofDeletion, roomKey, type Telling } from './tellings.rules.ts'
import {
  dropMember,
  dropWatchersOf,
  noteDeleted,
  noteListing,
  noteTitle,
  noteWatching,
  readListing,
} from './watchers.store.ts'

/** A name is worth this much waiting; without it the words speak of a neighbour. */
const NAMES_WITHIN_MS = 2 * SECOND_MS

/** What a fact tells whom, with names asked of identity; `others` are statements of the same batch. */
export async function tellOf<Fact extends MadangEvent>(
  env: NotificationsEnv,
  fact: Fact,
  tellingsOf: (fact: Fact, nameOf: NameOf) => Telling[],
  others: D1PreparedStatement[] = [],
): Promise<Effect> {
  const nameOf = await namesFor(env, fact)
  return effectOf(env, sendingsOf(fact, tellingsOf(fact, nameOf)), others)
}

/** A wish is told, and makes its member a watcher of the listing. */
export const hearWish = (
  env: NotificationsEnv,
  fact: EventOf<'listing.wished'>,
  tellingsOf: (fact: EventOf<'listing.wished'>, nameOf: NameOf) => Telling[],
): Promise<Effect> => {
  const { listingId, memberId, listingTitle } = fact.data
  const atMs = nowMs()
  return tellOf(env, fact, tellingsOf, [
    noteWatching(env.DB, { listingId, memberId, why: 'wish', isWatching: true, version: fact.version }, atMs),
    ...(listingTitle === undefined ? [] : [noteTitle(env.DB, listingId, listingTitle, atMs)]),
  ])
}

export function hearUnwish(env: NotificationsEnv, { data, version }: EventOf<'listing.unwished'>): Effect {
  return {
    statements: [noteWatching(env.DB, { ...data, why: 'wish', isWatching: false, version }, nowMs())],
  }
}

/** Whoever opens a room watches its listing from then on. */
export function hearRoom(env: NotificationsEnv, { data, version }: EventOf<'chat.room_opened'>): Effect {
  const watching = { listingId: data.listingId, memberId: data.buyerId, isWatching: true, version } as const
  return { statements: [noteWatching(env.DB, { ...watching, why: 'chat' }, nowMs())] }
}

/** What was seen in the room is no news in the inbox. */
export function hearRead(env: NotificationsEnv, { id, data }: EventOf<'chat.room_read'>): Effect {
  const errand = { kind: 'read', collapseKey: roomKey(data.roomId), upTo: data.seq } as const
  return effectOf(env, [{ id: `${id}:0`, to: [data.memberId], errand }])
}

/** Older news than the newest we told is not told any more. */
export async function hearChange(
  env: NotificationsEnv,
  fact: EventOf<'listing.changed'>,
  tellingsOf: (fact: EventOf<'listing.changed'>) => Telling[],
): Promise<Effect> {
  const known = await readListing(env.DB, fact.data.id)
  if (known && known.version >= fact.version) return { statements: [] }
  return effectOf(env, sendingsOf(fact, tellingsOf(fact)), [noteListing(env.DB, fact, nowMs())])
}

/** The watchers are told once more, and are none any more. */
export async function hearDeletion(env: NotificationsEnv, fact: EventOf<'listing.deleted'>): Promise<Effect> {
  const known = await readListing(env.DB, fact.data.id)
  return effectOf(env, sendingsOf(fact, ofDeletion(fact, known?.title ?? null)), [
    dropWatchersOf(env.DB, fact.data.id),
    noteDeleted(env.DB, fact, nowMs()),
  ])
}

/** A neighbour who leaves takes their inbox along. */
export const hearWithdrawal = (env: NotificationsEnv, { id, data }: EventOf<'member.withdrawn'>): Effect =>
  effectOf(
    env,
    [{ id: `${id}:0`, to: [data.memberId], errand: { kind: 'wipe' } }],
    [dropMember(env.DB, data.memberId), dropDevicesOf(env.DB, data.memberId)],
  )

/** Errands stand first in the batch: whom a listing's news goes to is read before its watchers are changed. */
function effectOf(env: NotificationsEnv, sendings: Sending[], others: D1PreparedStatement[] = []): Effect {
  const atMs = nowMs()
  return {
    statements: [...sendings.flatMap((sending) => putSending(env.DB, sending, atMs)), ...others],
    // Cut off here, the tick goes on: the errands are committed.
    afterCommit: () =>
      runErrands(
        env,
        sendings.map(({ id }) => id),
      ),
  }
}

async function namesFor(env: NotificationsEnv, fact: MadangEvent): Promise<NameOf> {
  const ids: MemberId[] = namedIn(fact)
  if (ids.length === 0) return () => null
  const ctx = {
    actor: { kind: 'worker', worker: 'notifications' },
    requestId: fact.requestId,
    idempotencyKey: `${fact.id}:names`,
  } as const
  const faces = await callWithin(
    'identity.members',
    NAMES_WITHIN_MS,
    async () => {
      const answer = await env.IDENTITY.members(ctx, ids)
      return answer.ok ? answer.value : []
    },
    () => [],
  )
  const names = new Map(faces.map(({ id, nickname, withdrawn }) => [id, withdrawn ? null : nickname]))
  return (id) => names.get(id) ?? null
}
