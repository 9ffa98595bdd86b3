import { beforeAll, describe, expect, it } from 'vitest'
import { openPlatform, type Platform, type SignedUp } from '../../support/platform.ts'

/** Who asks, through the edge: the token of an Authorization header or of a browser's cookie is looked at by the worker it is for. */
let platform: Platform
let member: SignedUp
beforeAll(async () => {
  platform = await openPlatform()
  member = await platform.signUp()
})

const read = async (path: string, headers: Record<string, string>) =>
  (await platform.call('GET', path, { headers })).status
const cookie = (token: string) => ({ cookie: `__Host-madang_access=${token}` })
const forged = () => member.accessToken.replace(/\.[^.]+$/, `.${'A'.repeat(86)}`)

describe('a browser whose cookie', () => {
  it('holds a good token is its member', async () => {
    expect(await read('me', cookie(member.accessToken))).toBe(200)
  })

  it.each<[string, () => string]>([
    ['is over or forged', forged],
    ['is no token at all', () => 'x y'],
    ['is of letters no token has', () => 'é.ÿ.é'],
    ['is empty', () => ''],
  ])('%s is a guest: what is for everybody is there, what is a member’s is not', async (_, token) => {
    const headers = { ...cookie(token()), 'cache-control': 'no-cache' }
    expect(await read('listings', headers)).toBe(200)
    expect(await read('me', headers)).toBe(401)
  })
})

describe('a client that shows a forged token', () => {
  it('is told so, also where a guest is welcome', async () => {
    const headers = { authorization: `Bearer ${forged()}`, 'cache-control': 'no-cache' }
    expect(await read('listings', headers)).toBe(401)
  })

  it('is no guest for saying that it did not mean to', async () => {
    const headers = {
      authorization: `Bearer ${forged()}`,
      'x-madang-unasked': '1',
      'cache-control': 'no-cache',
    }
    expect(await read('listings', headers)).toBe(401)
  })
})
