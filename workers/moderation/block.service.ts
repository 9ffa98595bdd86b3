import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import type { BlockedMember } from '#contracts/moderation'
import type { Page, PageQuery } from '#contracts/page'
import { nowMs, toIso } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { eventOf, outboxPut } from '#kit/outbox'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { blocksOf, deleteBlock, insertBlock } from './block.store.ts'
import type { ModerationEnv } from './env.ts'
import { facesFor, membersOf } from './faces.service.ts'

type Blocker = { memberId: MemberId; requestId: string }

/** Ends talk between two members until it is undone; chat hears of it. Blocking twice is blocking once. */
export async function block(
  env: ModerationEnv,
  { memberId, requestId }: Blocker,
  blockedId: MemberId,
): Promise<Result<MadangEvent[]>> {
  if (memberId === blockedId) return refuse('OWN_THING')
  const members = await membersOf(env, requestId, [blockedId])
  if (!members.ok) return members
  if (!members.value.some((member) => member.id === blockedId && !member.withdrawn))
    return refuse('NOT_FOUND')
  const event = blocking('member.blocked', { memberId, requestId }, blockedId)
  const outcome = await runBatch(env.DB, [
    insertBlock(env.DB, memberId, blockedId, event.at),
    outboxPut(env.DB, event),
  ])
  return ok(outcome.kind === 'done' ? [event] : [])
}

/** Lets them talk again. Where there was no block nothing happens, so that nobody learns from it who is there. */
export async function unblock(
  env: ModerationEnv,
  { memberId, requestId }: Blocker,
  blockedId: MemberId,
): Promise<Result<MadangEvent[]>> {
  if (memberId === blockedId) return refuse('OWN_THING')
  const event = blocking('member.unblocked', { memberId, requestId }, blockedId)
  const outcome = await runBatch(env.DB, [
    ...deleteBlock(env.DB, memberId, blockedId),
    outboxPut(env.DB, event),
  ])
  return ok(outcome.kind === 'done' ? [event] : [])
}

function blocking(
  type: 'member.blocked' | 'member.unblocked',
  { memberId, requestId }: Blocker,
  blockedId: MemberId,
): MadangEvent {
  const atMs = nowMs()
  // A block comes and goes: each coming and going is an aggregate's newer version.
  const aggregateId = `${memberId}:${blockedId}`
  const data = { memberId, blockedId }
  return eventOf({ type, aggregateId, version: atMs, actorId: memberId, requestId, data }, atMs)
}

/** Whom a member blocked, the latest first. */
export async function listBlocks(
  env: ModerationEnv,
  { memberId, requestId }: Blocker,
  query: PageQuery,
): Promise<Result<Page<BlockedMember>>> {
  const list = `blocks ${memberId}`
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const rows = await blocksOf(env.DB, memberId, opened.value, query.limit + 1)
  const page = pageFrom(env.CURSOR_SECRET, list, rows, query.limit, (row) => [row.atMs, row.blockedId])
  const faceOf = await facesFor(
    env,
    requestId,
    page.items.map(({ blockedId }) => blockedId),
  )
  const items = page.items.map(({ blockedId, atMs }) => ({
    member: faceOf(blockedId),
    blockedAt: toIso(atMs),
  }))
  return ok({ items, nextCursor: page.nextCursor })
}
