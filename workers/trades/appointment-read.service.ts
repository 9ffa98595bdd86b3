import type { Result } from '#contracts/errors'
import type { MemberId, RoomId } from '#contracts/ids'
import type { Page, PageQuery } from '#contracts/page'
import type { Appointment } from '#contracts/trades'
import { openPage, pageFrom } from '#kit/page'
import { ok } from '#kit/result'
import { type AppointmentRow, readComing, readOfRoom } from './appointment.store.ts'
import { appointmentOf } from './appointment.view.rules.ts'
import type { Asker } from './asker.ts'
import type { TradesEnv } from './env.ts'
import { facesOf } from './face.service.ts'
import { memberOfSide, otherSide, sideOf } from './trade.rules.ts'

/** A room's appointment that is set or was the last; to anyone but its two members the room has none. */
export async function appointmentsOfRoom(
  env: TradesEnv,
  asker: Asker,
  roomId: RoomId,
): Promise<Result<Page<Appointment>>> {
  const row = await readOfRoom(env.DB, roomId, asker.memberId)
  return await pageOfRows(env, asker, row ? [row] : [], null)
}

/** A member's own to come, the nearest first: one query and one question to identity. */
export async function appointmentsToCome(
  env: TradesEnv,
  asker: Asker,
  query: PageQuery,
): Promise<Result<Page<Appointment>>> {
  const list = `appointments ${asker.memberId}`
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const rows = await readComing(env.DB, asker.memberId, opened.value ?? [asker.atMs, ''], query.limit + 1)
  const page = pageFrom(env.CURSOR_SECRET, list, rows, query.limit, (row) => [row.meetAtMs, row.id])
  return await pageOfRows(env, asker, page.items, page.nextCursor)
}

async function pageOfRows(
  env: TradesEnv,
  asker: Asker,
  rows: AppointmentRow[],
  nextCursor: string | null,
): Promise<Result<Page<Appointment>>> {
  const peers = rows.map((row) => peerOf(row, asker.memberId))
  const faces = await facesOf(env, asker.requestId, peers)
  if (!faces.ok) return faces
  const items = rows.map((row) => {
    const side = sideOf(row, asker.memberId) ?? 'buyer'
    return appointmentOf(row, side, faces.value(peerOf(row, asker.memberId)))
  })
  return ok({ items, nextCursor })
}

const peerOf = (row: AppointmentRow, memberId: MemberId): MemberId =>
  memberOfSide(row, otherSide(sideOf(row, memberId) ?? 'buyer'))
