import { scryptSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashPassword, hashWork, verifyPassword } from './password-hash.ts'

/** Cheap parameters, stored like any others. */
const salt = Buffer.alloc(16, 7)
const cheap = `$scrypt$ln=1,r=8,p=1$${salt.toString('base64url')}$${scryptSync('quiet', salt, 32, { N: 2, r: 8, p: 1 }).toString('base64url')}`
const AT_ONCE = 60

describe('a stored password', () => {
  it('is known by itself in any normal form, by its own stored parameters, and by nothing else', async () => {
    const hashed = await hashPassword('마당-Lantern')
    if (!hashed.ok) throw new Error('refused')
    expect(hashed.value).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/)
    expect(await verifyPassword('마당-Lantern'.normalize('NFD'), hashed.value)).toEqual({
      ok: true,
      value: true,
    })
    expect(await verifyPassword('마당-lantern', hashed.value)).toEqual({ ok: true, value: false })
    expect(await verifyPassword('quiet', cheap)).toEqual({ ok: true, value: true })
  })

  it('is worked out in vain, and never matched, when there is none', async () => {
    const before = hashWork.passwordHashes
    expect(await verifyPassword('anything', null)).toEqual({ ok: true, value: false })
    expect(hashWork.passwordHashes).toBe(before + 1)
  })

  it('has its salt to itself', async () => {
    const [one, other] = await Promise.all([hashPassword('the same'), hashPassword('the same')])
    expect(one).not.toEqual(other)
  })

  it('is not waited for by more than two dozen at once: the others are told to come back', async () => {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => verifyPassword('quiet', cheap)))
    const refused = answers.filter((answer) => !answer.ok)
    expect(answers.length - refused.length).toBe(24)
    expect(refused[0]).toMatchObject({ refusal: { code: 'UNAVAILABLE', retryAfterSeconds: 3 } })
    expect(await verifyPassword('quiet', cheap)).toEqual({ ok: true, value: true })
  })
})
