import type { Result } from '#contracts/errors'
import type { GroupBuy } from '#contracts/group-buys'
import type { GroupBuyId } from '#contracts/ids'
import type { Position } from '#contracts/place'
import { ok, refuse } from '#kit/result'
import { groupBuyOf } from './card.rules.ts'
import { readGroupBuy, readRecord } from './group-buy.store.ts'

/** One group buy as everybody sees it. */
export async function findGroupBuy(
  db: D1Database,
  id: GroupBuyId,
  from: Position | null,
): Promise<Result<GroupBuy>> {
  const row = await readGroupBuy(db, id)
  if (!row) return refuse('NOT_FOUND')
  return ok(groupBuyOf(row, await readRecord(db, row.hostId), from))
}
