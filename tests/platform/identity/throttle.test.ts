import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GuessPolicy, Throttle } from '../../../durable-objects/throttle/index.ts'
import { codeIn, type Identity, sessionIn, startIdentity } from './alone.ts'

const MINUTE_MS = 60_000
const POLICY: GuessPolicy = {
  strangers: { max: 3, windowMs: MINUTE_MS },
  freeAttempts: 5,
  firstDelayMs: 5_000,
  delayMsMax: MINUTE_MS,
  forgetAfterMs: MINUTE_MS,
}

type Env = { THROTTLE: DurableObjectNamespace<Throttle> }

let identity: Identity
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

const worker = () => identity.server.getWorker<Env>('madang-identity')
const rowsOf = async (name: string) => {
  const storage = await worker().getDurableObjectStorage('THROTTLE', { name })
  const tables = await Promise.all(
    ['counters', 'sources'].map((table) => storage.exec(`SELECT * FROM ${table}`)),
  )
  return tables.flat().length
}

describe('a throttle that was evicted', () => {
  // Asked over HTTP: an object that a test holds by its own stub cannot be evicted.
  const evictAll = async () => {
    for (const id of await worker().listDurableObjectIds('THROTTLE')) {
      await worker().evictDurableObject('THROTTLE', { id })
    }
  }

  it('still remembers how often a code was tried', async () => {
    const guess = () => identity.post('auth/verify-email', { email: 'evicted@example.com', code: '123456' })
    for (let tried = 0; tried < 5; tried++) expect(codeIn(await guess())).toBe('CODE_WRONG')
    await evictAll()
    expect(codeIn(await guess())).toBe('TOO_MANY_REQUESTS')
  })

  it('still knows the owner’s devices, and that strangers have used up their attempts', async () => {
    const owner = await identity.makeMember()
    const { deviceToken } = sessionIn(
      await identity.signIn(owner.loginId, owner.password, { ip: '192.0.2.1' }),
    )
    for (let tried = 0; tried < 6; tried++)
      await identity.signIn(owner.loginId, 'a guess', { ip: `192.0.3.${tried}` })
    await evictAll()
    const stranger = await identity.signIn(owner.loginId, owner.password, { ip: '192.0.4.1' })
    expect(codeIn(stranger)).toBe('TOO_MANY_REQUESTS')
    const request = { login: owner.loginId, password: owner.password, deviceToken }
    expect((await identity.post('auth/sign-in', request, { ip: '192.0.4.2' })).status).toBe(200)
  })
})

describe('a throttle', () => {
  let objects: DurableObjectNamespace<Throttle>
  beforeAll(async () => {
    objects = (await worker().getEnv()).THROTTLE
  })

  it('admits five of two hundred at once', async () => {
    const limit = { max: 5, windowMs: MINUTE_MS }
    // One stub for all: the harness may free a stub nobody holds while its call is under way.
    const object = objects.getByName('burst')
    const admissions = await Promise.all(Array.from({ length: 200 }, () => object.take(limit)))
    expect(admissions.filter(({ admitted }) => admitted)).toHaveLength(5)
    await object.clear()
    expect((await object.take(limit)).admitted).toBe(true)
  })

  it('gives a stranger who turned out to be the owner the attempt back, and nobody else theirs', async () => {
    const object = objects.getByName('refund')
    for (const stranger of ['a', 'b', 'owner']) await object.attempt([stranger], POLICY)
    await object.trust(['owner'], MINUTE_MS)
    expect((await object.attempt(['c'], POLICY)).admitted).toBe(true)
    expect((await object.attempt(['d'], POLICY)).admitted).toBe(false)
  })

  it('keeps nothing once its windows are over', async () => {
    const object = objects.getByName('brief')
    // Long enough that it is not over before it was looked at.
    const WINDOW_MS = 2_000
    await object.take({ max: 1, windowMs: WINDOW_MS })
    await object.attempt(['a'], {
      ...POLICY,
      forgetAfterMs: WINDOW_MS,
      strangers: { max: 1, windowMs: WINDOW_MS },
    })
    expect(await rowsOf('brief')).toBeGreaterThan(0)
    await expect.poll(() => rowsOf('brief'), { timeout: 20_000 }).toBe(0)
    expect((await object.take({ max: 1, windowMs: WINDOW_MS })).admitted).toBe(true)
  })
})
