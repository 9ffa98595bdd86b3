import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type OpenApi, readOpenApi } from '../../support/openapi.ts'
import type { Platform, SignedUp } from '../../support/platform.ts'
import { type Dealings, openDealings } from './dealings.ts'
import { type Owned, ownedThingsOf } from './owned-things.ts'
import { bodyOf, isOperators, isPublic, nameOf, operationsWithId, pathOf } from './whose.ts'

/**
 * Every operation of the document with an id in its path is tried with ids of somebody else's things, by a stranger and by
 * a guest. A new operation with an id fails here until it is said what its id is of: in `whose.ts` or `owned-things.ts`.
 */
let dealings: Dealings
let platform: Platform
let api: OpenApi
let owned: Owned[]
let seller: SignedUp
let stranger: SignedUp

beforeAll(async () => {
  dealings = await openDealings()
  platform = dealings.platform
  seller = dealings.seller
  stranger = dealings.stranger
  owned = ownedThingsOf(dealings)
  api = await readOpenApi(platform)
})

describe('the ownership matrix', () => {
  it('covers every operation with an id', () => {
    const uncovered = operationsWithId(api).filter(
      (operation) => !isPublic(operation) && !owned.some(({ path }) => path.test(operation.path)),
    )
    expect(uncovered.map(nameOf)).toEqual([])
    expect(operationsWithId(api).length).toBeGreaterThan(8)
  })

  it('lets no stranger touch what is another’s, and tells them no more than that it is not there', async () => {
    for (const operation of operationsWithId(api).filter((each) => !isPublic(each))) {
      const its = owned.find(({ path }) => path.test(operation.path))
      if (!its) throw new Error(`no owner for ${nameOf(operation)}`)
      const id = await its.thing()
      const json = bodyOf(operation)
      const ask = (target: string) =>
        platform.call(operation.method, pathOf(operation, target), {
          token: stranger.accessToken,
          ...(json ? { json } : {}),
        })
      const [notYours, absent] = [await ask(id), await ask(its.absent)]
      expect([nameOf(operation), notYours.status, problemCode(notYours.json)]).toEqual([
        nameOf(operation),
        404,
        'NOT_FOUND',
      ])
      expect([nameOf(operation), absent.status, problemCode(absent.json)]).toEqual([
        nameOf(operation),
        404,
        'NOT_FOUND',
      ])
    }
  })

  it('asks a guest to sign in before anything that is somebody’s', async () => {
    for (const operation of operationsWithId(api).filter((each) => !isPublic(each))) {
      const its = owned.find(({ path }) => path.test(operation.path))
      const id = (await its?.thing()) ?? ''
      const json = bodyOf(operation)
      const reply = await platform.call(operation.method, pathOf(operation, id), json ? { json } : {})
      expect([nameOf(operation), reply.status]).toEqual([nameOf(operation), 401])
    }
  })

  it('lets no member through an operator’s door, whatever the id', async () => {
    const doors = api.operations.filter(isOperators)
    for (const operation of doors) {
      const path = operation.path.replace('{id}', `rpt_${'0'.repeat(26)}`)
      const member = await platform.call(operation.method, path, { token: stranger.accessToken })
      const guest = await platform.call(operation.method, path)
      expect([nameOf(operation), member.status, problemCode(member.json), guest.status]).toEqual([
        nameOf(operation),
        403,
        'FORBIDDEN',
        401,
      ])
    }
    expect(doors.length).toBeGreaterThan(5)
  })

  it('leaves the owner’s thing as it was', async () => {
    const id = await dealings.town.postListing(seller)
    await platform.call('PATCH', `listings/${id}`, {
      token: stranger.accessToken,
      json: { title: '빼앗은 물건', price: 0 },
    })
    await platform.call('DELETE', `listings/${id}`, { token: stranger.accessToken })
    const reply = await platform.call('GET', `listings/${id}`, { headers: { 'cache-control': 'no-cache' } })
    expect(reply.json).toMatchObject({ title: '원목 책상', price: 30_000, status: 'on_sale' })
  })

  it('accepts no identity that a client claims for itself', async () => {
    const id = await dealings.town.postListing(seller)
    const headers = {
      'x-madang-member': seller.memberId,
      'x-user-id': seller.memberId,
      'x-forwarded-user': seller.memberId,
    }
    const reply = await platform.call('DELETE', `listings/${id}`, { headers })
    expect(reply.status).toBe(401)
  })
})

const problemCode = (json: unknown): unknown => z.object({ code: z.string() }).safeParse(json).data?.code
