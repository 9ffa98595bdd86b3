import { PASSWORD_LENGTH_MIN } from '#contracts/identity'
import common from './common-passwords.generated.json' with { type: 'json' }
import { nicknameKeyOf } from './nickname.rules.ts'

/** Shorter parts of a name turn up in any good password by chance. */
const NAME_LENGTH_MIN = 4
const commonPasswords = new Set(common.words.split(' '))

/** What a member's password must not be built on. */
export type OwnNames = { loginId?: string; email?: string; nickname?: string }

/**
 * Whether a password would fall to the first thousands of guesses: too short, on the list of common ones (also with its case
 * changed or a tail of digits and signs), one repeated piece, or built on the member's own names.
 */
export function isWeakPassword(password: string, own: OwnNames): boolean {
  if ([...password].length < PASSWORD_LENGTH_MIN) return true
  const lower = password.toLowerCase()
  if (commonPasswords.has(lower) || commonPasswords.has(withoutTail(lower))) return true
  if (/^(.{1,4})\1+.{0,2}$/su.test(lower)) return true
  return namesOf(own).some((name) => lower.includes(name))
}

/** "password123!" is "password": what people add when told to add something. */
function withoutTail(lower: string): string {
  const bare = lower.replace(/[\d!@#$%^&*?.~_-]{1,4}$/u, '')
  return [...bare].length >= PASSWORD_LENGTH_MIN ? bare : lower
}

function namesOf({ loginId, email, nickname }: OwnNames): string[] {
  const names = [
    loginId,
    email?.split('@')[0],
    nickname,
    nickname === undefined ? undefined : nicknameKeyOf(nickname),
  ]
  return names
    .filter((name) => name !== undefined)
    .map((name) => name.toLowerCase())
    .filter((name) => [...name].length >= NAME_LENGTH_MIN)
}
