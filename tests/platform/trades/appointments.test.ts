import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MemberId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import { APPOINTMENT_AHEAD_MAX_MS, Appointment, OUTCOME_WINDOW_MS, Reputation } from '#contracts/trades'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kit/clock'
import { newMember, startTrades, type Talk, type TradesAlone } from './alone.ts'

let trades: TradesAlone
beforeAll(async () => {
  trades = await startTrades()
})
afterAll(() => trades.close())

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()
const ask = (as: MemberId, { roomId }: Talk, aheadMs: number, place = '역 앞') =>
  trades.call('POST', 'appointments', { as, json: { roomId, place, at: inMs(aheadMs) } })
async function set(talk: Talk, aheadMs = DAY_MS): Promise<Appointment> {
  const answer = await ask(talk.buyerId, talk, aheadMs)
  if (answer.status !== 201) throw new Error(`not set: ${answer.status} ${answer.text}`)
  return Appointment.parse(answer.json)
}
const list = async (as: MemberId, query = '') =>
  pageOf(Appointment).parse((await trades.call('GET', `appointments${query}`, { as })).json).items
const say = (as: MemberId, id: string, outcome: string) =>
  trades.call('POST', `appointments/${id}/outcome`, { as, json: { outcome } })
const typesOf = async (id: string) => (await trades.factsOf(id)).map(({ type }) => type)
const keptBy = async (id: MemberId) =>
  Reputation.parse((await trades.call('GET', `members/${id}/reputation`)).json).appointments

/** The appointment as if so much time had passed. */
const age = (id: string, byMs: number) =>
  trades.db
    .prepare(
      'UPDATE appointments SET meet_at_ms = meet_at_ms - ?1, remind_at_ms = remind_at_ms - ?1 WHERE id = ?2',
    )
    .bind(byMs, id)
    .run()

describe('an appointment', () => {
  it('is set by either side, seen by both, and told', async () => {
    const talk = await trades.talk()
    const made = await set(talk)
    expect(made).toMatchObject({
      state: 'set',
      setBy: talk.buyerId,
      peer: { id: talk.sellerId },
      place: '역 앞',
    })
    for (const as of [talk.sellerId, talk.buyerId]) {
      expect(await list(as)).toMatchObject([{ id: made.id }])
      expect(await list(as, `?roomId=${talk.roomId}`)).toMatchObject([{ id: made.id }])
    }
    expect(await typesOf(made.id)).toEqual(['appointment.set'])
  })

  it('is nothing to a stranger: not to set, see, move, cancel or speak of', async () => {
    const talk = await trades.talk()
    const made = await set(talk)
    const as = newMember()
    expect((await ask(as, talk, DAY_MS)).code).toBe('NOT_FOUND')
    expect(await list(as, `?roomId=${talk.roomId}`)).toEqual([])
    const path = `appointments/${made.id}`
    expect((await trades.call('PATCH', path, { as, json: { place: '우리 집' } })).code).toBe('NOT_FOUND')
    expect((await trades.call('DELETE', path, { as })).code).toBe('NOT_FOUND')
    expect((await say(as, made.id, 'missed')).code).toBe('NOT_FOUND')
    expect(await list(talk.sellerId)).toMatchObject([{ place: '역 앞' }])
  })

  it('lies ahead, within ninety days, in an open room', async () => {
    const talk = await trades.talk()
    for (const aheadMs of [-1, APPOINTMENT_AHEAD_MAX_MS + MINUTE_MS])
      expect((await ask(talk.buyerId, talk, aheadMs)).code).toBe('APPOINTMENT_TIME_INVALID')
    await trades.tell({ kind: 'room', ...talk, state: 'closed' })
    expect((await ask(talk.buyerId, talk, DAY_MS)).code).toBe('ROOM_CLOSED')
  })

  it('is one a room: a second is refused, the one there is moved', async () => {
    const talk = await trades.talk()
    const made = await set(talk)
    const [second, third] = await Promise.all([
      ask(talk.sellerId, talk, HOUR_MS),
      ask(talk.buyerId, talk, HOUR_MS),
    ])
    expect([second.code, third.code]).toEqual(['CONFLICT', 'CONFLICT'])
    const json = { place: '도서관 앞', at: inMs(2 * DAY_MS) }
    const moved = await trades.call('PATCH', `appointments/${made.id}`, { as: talk.sellerId, json })
    expect(moved.json).toMatchObject({ ...json, setBy: talk.sellerId })
    expect(await typesOf(made.id)).toEqual(['appointment.set', 'appointment.set'])
  })

  it('is called off once, which makes room for another', async () => {
    const talk = await trades.talk()
    const made = await set(talk)
    const cancel = () => trades.call('DELETE', `appointments/${made.id}`, { as: talk.sellerId })
    expect([(await cancel()).status, (await cancel()).status]).toEqual([204, 204])
    expect(await typesOf(made.id)).toEqual(['appointment.set', 'appointment.cancelled'])
    expect(await list(talk.buyerId)).toEqual([])
    expect((await set(talk)).id).not.toBe(made.id)
  })

  it('with another is called off when the thing is sold, the buyer’s own stays', async () => {
    const talk = await trades.talk()
    const other = await trades.talk({ sellerId: talk.sellerId, listingId: talk.listingId })
    const [kept, off] = [await set(talk), await set(other)]
    await trades.sold(talk)
    expect(await typesOf(off.id)).toEqual(['appointment.set', 'appointment.cancelled'])
    expect(await typesOf(kept.id)).toEqual(['appointment.set'])
    expect(await list(talk.sellerId)).toMatchObject([{ id: kept.id }])
  })

  it('with one who leaves is called off and told, once, on whichever side they were; what is past stays as it was', async () => {
    const leaver = newMember()
    const [asBuyer, asSeller] = [
      await trades.talk({ buyerId: leaver }),
      await trades.talk({ sellerId: leaver }),
    ]
    const [bought, sold] = [await set(asBuyer), await set(asSeller)]
    const [past, others] = [await set(await trades.talk({ buyerId: leaver })), await set(await trades.talk())]
    await age(past.id, DAY_MS + MINUTE_MS)
    await trades.leaves(leaver, 3)
    for (const { id } of [bought, sold])
      expect(await typesOf(id)).toEqual(['appointment.set', 'appointment.cancelled'])
    for (const { id } of [past, others]) expect(await typesOf(id)).toEqual(['appointment.set'])
    expect(await list(asBuyer.sellerId)).toEqual([])
    const [cancelled] = (await trades.factsOf(bought.id)).slice(-1)
    expect(cancelled?.actorId).toBe(leaver)
    await trades.tick(DAY_MS - MINUTE_MS)
    expect(await typesOf(bought.id)).not.toContain('appointment.due')
  })

  it('is listed nearest first, by pages', async () => {
    const sellerId = newMember()
    const far = await set(await trades.talk({ sellerId }), 3 * DAY_MS)
    const near = await set(await trades.talk({ buyerId: sellerId }), DAY_MS)
    const reply = await trades.call('GET', 'appointments?limit=1', { as: sellerId })
    const first = pageOf(Appointment).parse(reply.json)
    const rest = await list(sellerId, `?limit=1&cursor=${first.nextCursor}`)
    expect([...first.items, ...rest].map(({ id }) => id)).toEqual([near.id, far.id])
    expect(reply.headers.get('cache-control')).toBe('private, no-store')
  })
})

describe('a reminder', () => {
  it('comes an hour before, once, however often the tick comes', async () => {
    const made = await set(await trades.talk(), 2 * HOUR_MS)
    await trades.tick(50 * MINUTE_MS)
    expect(await typesOf(made.id)).toEqual(['appointment.set'])
    await trades.tick(HOUR_MS + MINUTE_MS)
    await trades.tick(HOUR_MS + 2 * MINUTE_MS)
    expect(await typesOf(made.id)).toEqual(['appointment.set', 'appointment.due'])
  })

  it('comes late rather than not, but not after the meeting', async () => {
    const [late, tooLate] = [
      await set(await trades.talk(), 2 * HOUR_MS),
      await set(await trades.talk(), HOUR_MS),
    ]
    await trades.tick(2 * HOUR_MS - MINUTE_MS)
    expect(await typesOf(late.id)).toContain('appointment.due')
    expect(await typesOf(tooLate.id)).toEqual(['appointment.set'])
  })

  it('comes at once for one made within the hour, and not for one a few minutes ahead', async () => {
    const [soon, verySoon] = [
      await set(await trades.talk(), 30 * MINUTE_MS),
      await set(await trades.talk(), 15 * MINUTE_MS),
    ]
    await trades.tick()
    expect(await typesOf(soon.id)).toContain('appointment.due')
    expect(await typesOf(verySoon.id)).toEqual(['appointment.set'])
  })

  it('follows the appointment when it is moved, and goes when it is called off', async () => {
    const talk = await trades.talk()
    const [moved, cancelled] = [await set(talk, 2 * HOUR_MS), await set(await trades.talk(), 2 * HOUR_MS)]
    await trades.call('PATCH', `appointments/${moved.id}`, {
      as: talk.sellerId,
      json: { at: inMs(5 * HOUR_MS) },
    })
    const { setBy } = cancelled
    await trades.call('DELETE', `appointments/${cancelled.id}`, { as: setBy })
    await trades.tick(90 * MINUTE_MS)
    expect(await typesOf(moved.id)).not.toContain('appointment.due')
    expect(await typesOf(cancelled.id)).not.toContain('appointment.due')
    await trades.tick(4 * HOUR_MS + MINUTE_MS)
    expect(await typesOf(moved.id)).toContain('appointment.due')
  })
})

describe('how it went', () => {
  it('counts for the other side, and what nobody said counts nothing', async () => {
    const talk = await trades.talk()
    const made = await set(talk)
    await age(made.id, DAY_MS + MINUTE_MS)
    const said = await say(talk.buyerId, made.id, 'missed')
    expect(said.json).toMatchObject({ mySaying: 'missed', peerHasSaid: false })
    expect(said.headers.get('x-madang-purge')).toBe(`reputation:${talk.sellerId}`)
    expect(await keptBy(talk.sellerId)).toEqual({ kept: 0, late: 0, missed: 1 })
    expect(await keptBy(talk.buyerId)).toEqual({ kept: 0, late: 0, missed: 0 })
    expect(await list(talk.sellerId, `?roomId=${talk.roomId}`)).toMatchObject([
      { mySaying: null, peerHasSaid: true },
    ])
  })

  it('may be said anew until both have said, and then it is over', async () => {
    const talk = await trades.talk()
    const made = await set(talk)
    await age(made.id, DAY_MS)
    await say(talk.buyerId, made.id, 'missed')
    await say(talk.buyerId, made.id, 'late')
    const last = await say(talk.sellerId, made.id, 'kept')
    expect(last.json).toMatchObject({ state: 'over', mySaying: 'kept', peerHasSaid: true })
    expect((await say(talk.buyerId, made.id, 'missed')).code).toBe('CONFLICT')
    expect(await keptBy(talk.sellerId)).toEqual({ kept: 0, late: 1, missed: 0 })
    expect(await keptBy(talk.buyerId)).toEqual({ kept: 1, late: 0, missed: 0 })
  })

  it('is said neither too early nor too late, and cannot be wiped out by moving or calling off', async () => {
    const talk = await trades.talk()
    const made = await set(talk)
    expect((await say(talk.buyerId, made.id, 'kept')).code).toBe('OUTCOME_NOT_OPEN')
    await age(made.id, DAY_MS)
    const path = `appointments/${made.id}`
    const moved = await trades.call('PATCH', path, { as: talk.sellerId, json: { at: inMs(DAY_MS) } })
    expect(moved.code).toBe('CONFLICT')
    expect((await trades.call('DELETE', path, { as: talk.sellerId })).code).toBe('CONFLICT')
    await age(made.id, OUTCOME_WINDOW_MS + MINUTE_MS)
    expect((await say(talk.buyerId, made.id, 'kept')).code).toBe('OUTCOME_NOT_OPEN')
    await trades.tick()
    expect(await list(talk.sellerId, `?roomId=${talk.roomId}`)).toMatchObject([{ state: 'over' }])
  })

  it('is still said of the last one when they set the next', async () => {
    const talk = await trades.talk()
    const first = await set(talk)
    await age(first.id, DAY_MS + MINUTE_MS)
    const next = await set(talk)
    expect((await say(talk.buyerId, first.id, 'missed')).status).toBe(200)
    expect(await list(talk.sellerId, `?roomId=${talk.roomId}`)).toMatchObject([{ id: next.id, state: 'set' }])
    expect(await keptBy(talk.sellerId)).toMatchObject({ missed: 1 })
  })
})
