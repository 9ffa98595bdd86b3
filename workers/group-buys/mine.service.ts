import type { Result } from '#contracts/errors'
import type { GroupBuyCard, MyGroupBuy, Settlement, UnitsClaim } from '#contracts/group-buys'
import type { GroupBuyId, MemberId } from '#contracts/ids'
import type { Page } from '#contracts/page'
import { toIso } from '#kit/clock'
import type { Faces } from '#kit/faces'
import { cursorAt, cut, placeOf, readStretch } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { cardOf, groupBuyOf, imagesOf } from './card.rules.ts'
import type { GroupBuysEnv } from './env.ts'
import { facesOf } from './face.service.ts'
import { roomOf } from './gathering.service.ts'
import { hostStepOf, planOfRow } from './group-buy.rules.ts'
import { type ClaimRow, readClaims, readGroupBuy, readRecord } from './group-buy.store.ts'
import { type MineRow, mineStretch } from './list.store.ts'
import type { GroupBuyRow, ShareRow } from './row.ts'
import { tally } from './settlement.rules.ts'
import { readShares } from './share.store.ts'

type Role = MyGroupBuy['role']

/** What only its host and its members see. To everybody else it is not there. */
export async function findMine(
  env: GroupBuysEnv,
  asker: { memberId: MemberId; requestId: string },
  id: GroupBuyId,
): Promise<Result<MyGroupBuy>> {
  const row = await readGroupBuy(env.DB, id)
  if (!row) return refuse('NOT_FOUND')
  const [claims, shares, record, mine] = await Promise.all([
    readClaims(env.DB, id),
    readShares(env.DB, id),
    readRecord(env.DB, row.hostId),
    myClaim(env, row, asker.memberId),
  ])
  const { claim, isMember } = mine
  const role = roleOf(
    row,
    asker.memberId,
    claim,
    isMember || claims.some((one) => one.memberId === asker.memberId),
  )
  if (role === null) return refuse('NOT_FOUND')
  const shown = role === 'waiting' ? [] : claims
  const [faces, roomId] = await Promise.all([
    facesOf(env, asker.requestId, [...shown.map(({ memberId }) => memberId), row.hostId]),
    role === 'waiting' ? null : roomOf(env, asker.requestId, id),
  ])
  if (!faces.ok) return faces
  const share = shares.find(({ memberId }) => memberId === asker.memberId)
  return ok({
    groupBuy: groupBuyOf(row, record),
    role,
    claim,
    checkInCode: share?.checkInCode ?? null,
    roomId,
    members: shown.map((one) => memberOf(one, shares, faces.value)),
    settlement: role === 'waiting' ? null : settlementOf(row, shares, faces.value, asker.memberId),
    failure: row.failure,
    nextStepBy: isoOrNull(hostStepOf(row)?.endsMs),
  })
}

function roleOf(row: GroupBuyRow, memberId: MemberId, claim: UnitsClaim, isMember: boolean): Role | null {
  if (row.hostId === memberId) return 'host'
  if (isMember) return 'member'
  return claim.waiting === null ? null : 'waiting'
}

/** The claim as its object has it: what was joined a moment ago is there, whatever the database knows. */
async function myClaim(
  env: GroupBuysEnv,
  row: GroupBuyRow,
  memberId: MemberId,
): Promise<{ claim: UnitsClaim; isMember: boolean }> {
  const left = row.totalUnits - row.filledUnits
  if (row.hostId === memberId) {
    const claim = { units: row.hostUnits, held: 0, remainingUnits: left, waiting: null }
    return { claim, isMember: false }
  }
  const claims = env.SLOT_CLAIMS.getByName(row.id)
  const [{ units, waiting }, standing] = await Promise.all([claims.claimOf(memberId), claims.standing()])
  const isHeld = !['settled', 'failed', 'cancelled'].includes(row.state)
  const held = isHeld ? units * planOfRow(row).unitPrice : 0
  const remainingUnits = standing?.remainingUnits ?? left
  return { claim: { units, held, remainingUnits, waiting }, isMember: units > 0 }
}

const memberOf = ({ memberId, units }: ClaimRow, shares: ShareRow[], faces: Faces) => ({
  member: faces(memberId),
  units,
  checkedInAt: isoOrNull(shares.find((share) => share.memberId === memberId)?.checkedInAtMs),
})

const isoOrNull = (ms: number | null | undefined): string | null => (ms == null ? null : toIso(ms))

/** The sheet: everybody's part, the host's own last; together they are the total. */
function settlementOf(
  row: GroupBuyRow,
  shares: ShareRow[],
  faces: Faces,
  memberId: MemberId,
): Settlement | null {
  if (row.goods === null || row.shipping === null) return null
  const total = row.goods + row.shipping
  const paid = shares.map((share) => ({ ...share, share: share.taken ?? share.share }))
  const hosts = total - paid.reduce((sum, { share }) => sum + share, 0)
  return {
    ...{ goods: row.goods, shipping: row.shipping, total },
    receipt: row.receipt === null ? null : (imagesOf(row.receipt)[0] ?? null),
    shares: [
      ...paid.map((share) => ({
        member: faces(share.memberId),
        ...{ units: share.units, held: share.held, share: share.share },
        refund: Math.max(0, share.held - share.share),
        checkedInAt: isoOrNull(share.checkedInAtMs),
      })),
      {
        member: faces(row.hostId),
        ...{ units: row.hostUnits, held: 0, share: hosts, refund: 0, checkedInAt: null },
      },
    ],
    vote: voteOf(row, shares, memberId),
  }
}

function voteOf(row: GroupBuyRow, shares: ShareRow[], memberId: MemberId): Settlement['vote'] {
  if (row.voteClosesAtMs === null) return null
  const { yes, no, of } = tally(shares)
  const mine = shares.find((share) => share.memberId === memberId)?.vote ?? null
  return { closesAt: toIso(row.voteClosesAtMs), yes, no, of, mine: mine === null ? null : mine === 1 }
}

/** What a member hosts, has joined, or waits for, newest first. */
export async function listMine(
  env: GroupBuysEnv,
  memberId: MemberId,
  query: { role: Role; limit: number; cursor?: string | undefined },
): Promise<Result<Page<GroupBuyCard>>> {
  const list = `mine ${memberId} ${query.role}`
  const after = placeOf(env.CURSOR_SECRET, list, query.cursor)
  if (!after.ok) return after
  const stretch = mineStretch(query.role, memberId, after.value, query.limit + 1)
  const { rows, next } = cut((await readStretch<MineRow>(env.DB, stretch)).rows, query.limit, null)
  return ok({ items: rows.map(cardOf), nextCursor: cursorAt(env.CURSOR_SECRET, list, next) })
}
