import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'
import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import type { Page } from '#contracts/page'
import type { ListEntries, WalletEntry } from '#contracts/payments'
import { type Faces, faceOf, nameless } from '#kit/faces'
import { openPage, pageFrom } from '#kit/page'
import type { Locale } from '#kit/problem'
import { ok, refuse } from '#kit/result'
import type { Asker } from './charge.asker.ts'
import type { PaymentsEnv } from './env.ts'
import { facesOf, membersOf } from './face.service.ts'
import {
  CSV_HEADER,
  csvRowOf,
  type EntriesAsked,
  entryOf,
  filterOf,
  listNameOf,
  memberBehind,
} from './history.rules.ts'
import { type EntryRow, readEntries } from './history.store.ts'

/** The table people take away ends after so many lines; a day's filter gives the older ones. */
const CSV_LINES_MAX = 5_000
/** As many faces as one question to identity may name. */
const FACES_A_CALL = 50
const Seq = z.tuple([z.int()])

/** A page of a member's lines, the newest first. */
export async function listEntries(
  env: PaymentsEnv,
  { memberId, requestId }: Asker,
  query: ListEntries,
): Promise<Result<Page<WalletEntry>>> {
  const list = listNameOf(memberId, query)
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const position = opened.value === null ? undefined : Seq.safeParse(opened.value).data
  if (opened.value !== null && position === undefined) return refuse('CURSOR_INVALID')
  const filter = { ...filterOf(query), beforeSeq: position?.[0] }
  const rows = await readEntries(env.DB, memberId, filter, query.limit + 1)
  const page = pageFrom(env.CURSOR_SECRET, list, rows, query.limit, ({ seq }) => [seq])
  const faces = await facesOf(env, requestId, peersOf(page.items))
  if (!faces.ok) return faces
  return ok({ ...page, items: page.items.map((row) => entryOf(row, faces.value)) })
}

/**
 * A member's newest lines as a table for spreadsheets. What a neighbour wrote could be a formula there; such text is marked as text.
 */
export async function entriesCsv(
  env: PaymentsEnv,
  { memberId, requestId }: Asker,
  query: EntriesAsked,
  locale: Locale,
): Promise<Result<string>> {
  const rows = await readEntries(env.DB, memberId, filterOf(query), CSV_LINES_MAX)
  const faces = await manyFaces(env, requestId, peersOf(rows))
  if (!faces.ok) return faces
  const lines = rows.map((row) => csvRowOf(entryOf(row, faces.value), locale))
  return ok(
    stringify([CSV_HEADER[locale], ...lines], {
      bom: true,
      escape_formulas: true,
      record_delimiter: 'windows',
    }),
  )
}

/** A file is kept: one without names would stay so, so without identity there is none. */
async function manyFaces(env: PaymentsEnv, requestId: string, ids: MemberId[]): Promise<Result<Faces>> {
  const asked = await Promise.all(
    Array.from({ length: Math.ceil(ids.length / FACES_A_CALL) }, (_, index) => {
      const some = ids.slice(index * FACES_A_CALL, (index + 1) * FACES_A_CALL)
      return membersOf(env, requestId, some)
    }),
  )
  const known = new Map<MemberId, ReturnType<Faces>>()
  for (const members of asked) {
    if (!members.ok) return members
    for (const member of members.value) known.set(member.id, faceOf(member))
  }
  return ok((id) => known.get(id) ?? nameless(id))
}

const peersOf = (rows: EntryRow[]): MemberId[] => [
  ...new Set(rows.flatMap(({ otherId }) => memberBehind(otherId) ?? [])),
]
