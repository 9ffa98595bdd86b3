import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/platform.ts'
import { type RoomKind, type Rooms, startRooms } from './room-alone.ts'
import { freshModel, idOf, type Model, type Real, talks, WHO } from './room-model.ts'

/**
 * P10: unread is what came since the read mark, the mark never falls, whoever looks on is told nothing, and a deleted listing leaves one
 * closed room. Held against a model, step by step.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const SCALE = NIGHTLY ? { rooms: 12, steps: 1_000 } : { rooms: 5, steps: 150 }
const EVIDENCE_KEPT_MS = 30 * 24 * 3_600_000

let rooms: Rooms
beforeAll(async () => {
  rooms = await startRooms()
})
afterAll(() => rooms.close())

/** One random talk in a fresh room; throws where the room and the model part. */
async function talk(kind: RoomKind, commands: Iterable<fc.AsyncCommand<Model, Real>>): Promise<void> {
  const model = freshModel()
  const real: Real = { room: await rooms.open(kind), clients: {}, purgeAtMs: Date.now() + EVIDENCE_KEPT_MS }
  try {
    await fc.asyncModelRun(() => ({ model, real }), commands)
    await expectBroughtHome(model, real)
  } finally {
    for (const who of WHO) real.clients[who]?.close()
  }
}

/** What the database learned: the marks, who was told of what, and that the room closed. */
async function expectBroughtHome(model: Model, real: Real): Promise<void> {
  await eventually(async () => {
    const flushes = await real.room.flushes()
    const last = flushes.at(-1)
    if (!last || last.lastSeq !== model.lastSeq) throw new Error('not everything has been flushed yet')
    for (const who of WHO) {
      const mark = last.members.find(({ memberId }) => memberId === idOf(real, who))
      if (mark?.lastReadSeq !== model.lastRead[who]) throw new Error(`${who}'s mark has not been flushed yet`)
    }
  })
  const flushes = await real.room.flushes()
  const told = flushes.flatMap(({ tellings }) => tellings)
  expect(told).toEqual(model.told.map(({ seq, who }) => ({ seq, recipientIds: [idOf(real, who)] })))
  expect(flushes.at(-1)).toMatchObject(
    model.closed ? { state: 'closed', purgeAtMs: real.purgeAtMs } : { state: 'open', purgeAtMs: null },
  )
  for (const who of WHO) {
    const marks = flushes.flatMap(({ reads }) => reads).filter(({ memberId }) => memberId === idOf(real, who))
    expect(marks.map(({ seq }) => seq)).toEqual(marks.map(({ seq }) => seq).toSorted((a, b) => a - b))
  }
}

describe('P10: unread and read marks', () => {
  it(`are what the model says over ${SCALE.rooms} rooms of up to ${SCALE.steps} random steps`, async () => {
    await fc.assert(
      fc.asyncProperty(talks(SCALE.steps), (commands) => talk('room', commands)),
      { numRuns: SCALE.rooms, endOnFailure: true },
    )
  }, 900_000)

  it('would be caught falling, if a late read moved a mark back', async () => {
    const run = fc.check(
      fc.asyncProperty(talks(60), (commands) => talk('unreader', commands)),
      { numRuns: 5, endOnFailure: true },
    )
    expect(String((await run).errorInstance)).toMatch(/mark is \d+, not \d+/)
  })

  it('would be caught if somebody who looks on were told', async () => {
    const room = await rooms.open()
    const model: Model = { ...freshModel(), lastSeq: 1, lastRead: { seller: 1, buyer: 0 } }
    await room.send(room.sellerId, { clientId: 'client-told', kind: 'text', text: '계세요?' })
    // The room told the buyer, who was away. The model says that the buyer looked on.
    const real: Real = { room, clients: {}, purgeAtMs: 0 }
    await expect(expectBroughtHome(model, real)).rejects.toThrow(/recipientIds|to deeply equal/)
    await expectBroughtHome({ ...model, told: [{ seq: 1, who: 'buyer' }] }, real)
  })

  it('leave one closed room behind when the listing goes, and opening it again does not open it', async () => {
    const room = await rooms.open()
    const purgeAtMs = Date.now() + EVIDENCE_KEPT_MS
    await room.send(room.buyerId, { clientId: 'client-before', kind: 'text', text: '아직 있나요?' })
    await room.note('evt-1', { kind: 'listing_deleted' }, { purgeAtMs })
    await room.note('evt-1', { kind: 'listing_deleted' }, { purgeAtMs: purgeAtMs + 1 })
    await room.reopen()
    const page = await room.history(room.buyerId, { limit: 10 })
    expect(page).toMatchObject({
      ok: true,
      value: { lastSeq: 2, items: [{ text: '아직 있나요?' }, { system: { kind: 'listing_deleted' } }] },
    })
    const refused = await room.send(room.buyerId, { clientId: 'client-after', kind: 'text', text: '저기요' })
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'ROOM_CLOSED' } })
    // What was acknowledged before stays acknowledged.
    const again = await room.send(room.buyerId, {
      clientId: 'client-before',
      kind: 'text',
      text: '아직 있나요?',
    })
    expect(again).toMatchObject({ ok: true, value: { replayed: true, message: { seq: 1 } } })
    await eventually(async () =>
      expect((await room.flushes()).at(-1)).toMatchObject({ state: 'closed', purgeAtMs }),
    )
  })
})
