import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import { ok, refuse } from '#kit/result'
import { draw32, newCode } from './code.rules.ts'
import { type CodeHolder, codeHolderOf, putCode } from './code.store.ts'
import type { IdentityEnv } from './env.ts'
import { CODE_LIFE_MS } from './limits.rules.ts'
import { admitCodeGuess, type CodePurpose } from './throttling.ts'
import { keyedHash, sameText } from './vault.ts'

/** A new code for an account, and the statement that keeps its hash. The code itself goes into a letter and nowhere else. */
export function issueCode(
  env: IdentityEnv,
  purpose: CodePurpose,
  memberId: MemberId,
  atMs: number,
): { code: string; statement: D1PreparedStatement } {
  const code = newCode(draw32)
  const codeHash = hashOf(env, purpose, memberId, code)
  return {
    code,
    statement: putCode(env.DB, { memberId, purpose, codeHash, expiresAtMs: atMs + CODE_LIFE_MS }),
  }
}

/**
 * The account whose code this is. A guess is counted before it is looked at; a wrong one, an old one and an address we do not
 * know are answered alike. Finding is not using: the caller puts `spendCode` into the batch of the effect.
 */
export async function findCode(
  env: IdentityEnv,
  purpose: CodePurpose,
  guess: { email: string; code: string },
  atMs: number,
): Promise<Result<CodeHolder>> {
  const admitted = await admitCodeGuess(env, purpose, guess.email)
  if (!admitted.ok) return admitted
  const holder = await codeHolderOf(env.DB, purpose, guess.email, atMs)
  const expected = holder?.codeHash ?? ''
  const given = hashOf(env, purpose, holder?.memberId ?? 'nobody', guess.code)
  return holder !== null && sameText(expected, given) ? ok(holder) : refuse('CODE_WRONG')
}

const hashOf = (env: IdentityEnv, purpose: CodePurpose, memberId: string, code: string): string =>
  keyedHash(env.IDENTITY_SECRET, `code ${purpose}`, `${memberId}\n${code}`)
