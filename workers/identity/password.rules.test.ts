import { describe, expect, it } from 'vitest'
import { isWeakPassword } from './password.rules.ts'

const own = { loginId: 'minji_k', email: 'kim.minji@example.com', nickname: '민지네 화분' }

describe('a password', () => {
  it.each([
    'password',
    'PassWord',
    'iloveyou12',
    'qwertyuiop!',
    'dkssudgktpdy',
    '비밀번호1234',
    'aaaaaaaa',
    '12121212',
    'xyzxyzxyzx',
    'hello minji_k',
    'KIM.MINJI-2026',
    '나는 민지네 화분',
    'short',
  ])('is weak when it is %s', (password) => expect(isWeakPassword(password, own)).toBe(true))

  it.each([
    'maple-Yard-77-quiet',
    'correct horse battery',
    '채송화가 피는 아침',
    'ünïcödé wörds',
    '🌿🌵🪴🌱🌿🌵🪴🌻',
  ])('is good when it is %s', (password) => expect(isWeakPassword(password, own)).toBe(false))

  it('may hold a name too short to say anything', () => {
    expect(isWeakPassword('quiet-amy-lantern', { loginId: 'lant', nickname: 'amy' })).toBe(true)
    expect(isWeakPassword('quiet-amy-lamp-31', { nickname: 'amy' })).toBe(false)
  })
})
