import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GroupBuyCard, OPEN_OF_HOST_MAX } from '#contracts/group-buys'
import type { MemberId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import { eventually } from '../../support/platform.ts'
import { type GroupBuysAlone, inHours, newMember, startGroupBuys } from './alone.ts'
import { BOXES } from './yard.ts'

let yard: GroupBuysAlone
beforeAll(async () => {
  yard = await startGroupBuys()
})
afterAll(() => yard.close())

describe('waiting for units', () => {
  it('is found among mine until one gets them, goes, or the recruiting ends', async () => {
    const me = newMember()
    const [full, goes, other] = [await yard.rich(), await yard.rich(), await yard.rich()]
    const [first, second] = [await yard.open(me, { hostUnits: 7 }), await yard.open(me, { hostUnits: 7 })]
    const waiting = async (as: MemberId) =>
      pageOf(GroupBuyCard)
        .parse((await yard.call('GET', 'me/group-buys?role=waiting', { as })).json)
        .items.map(({ id }) => id)
    const wait = (as: MemberId, id: string) =>
      yard.call('PUT', `group-buys/${id}/claim`, { as, json: { units: 3, wait: true } })
    for (const { id } of [first, second]) {
      await yard.join(full, id, 1)
      for (const as of [goes, other]) expect((await wait(as, id)).status).toBe(200)
    }
    await eventually(async () => expect(await waiting(goes)).toEqual([second.id, first.id]))
    expect(await waiting(full)).toEqual([])
    const page = await yard.call('GET', 'me/group-buys?role=waiting&limit=1', { as: goes })
    const { nextCursor } = pageOf(GroupBuyCard).parse(page.json)
    const next = await yard.call('GET', `me/group-buys?role=waiting&limit=1&cursor=${nextCursor}`, {
      as: goes,
    })
    expect(
      pageOf(GroupBuyCard)
        .parse(next.json)
        .items.map(({ id }) => id),
    ).toEqual([first.id])

    await yard.call('DELETE', `group-buys/${first.id}/claim`, { as: goes })
    await eventually(async () => expect(await waiting(goes)).toEqual([second.id]))
    // Somebody leaves: who is first gets theirs, and is a member.
    await yard.call('DELETE', `group-buys/${first.id}/claim`, { as: full })
    await eventually(async () => expect(await waiting(other)).toEqual([second.id]))
    expect((await yard.call('DELETE', `group-buys/${second.id}`, { as: me })).status).toBe(204)
    await eventually(async () => expect([await waiting(goes), await waiting(other)]).toEqual([[], []]))
  })
})

describe('how many a host may have open', () => {
  it('is ten, however many are opened at the same moment; one more when one is over', async () => {
    const me = newMember()
    const json = { ...BOXES, deadline: inHours(24) }
    const tryOne = () => yard.call('POST', 'group-buys', { as: me, json })
    const { id } = await yard.open(me)
    const answers = await Promise.all(Array.from({ length: 2 * OPEN_OF_HOST_MAX }, tryOne))
    const opened = answers.filter(({ status }) => status === 201)
    expect(opened).toHaveLength(OPEN_OF_HOST_MAX - 1)
    const refused = answers.filter(({ status }) => status !== 201).map(({ code }) => code)
    expect(new Set(refused)).toEqual(new Set(['GROUP_BUY_LIMIT_REACHED']))
    expect((await tryOne()).code).toBe('GROUP_BUY_LIMIT_REACHED')
    await yard.call('DELETE', `group-buys/${id}`, { as: me })
    await eventually(async () => expect((await tryOne()).status).toBe(201))
  })
})
