import { z } from 'zod'
import type { Result } from '#contracts/errors'
import { MemberId } from '#contracts/ids'
import { ok, refuse } from '#kit/result'
import type { IdentityEnv } from './env.ts'
import { accountById } from './member.store.ts'
import { verifyPassword } from './password-hash.ts'
import { admitAskedPassword, forgiveAskedPassword } from './throttling.ts'

const PASSWORD_LENGTH_MAX = 512
/** What another worker asks when a member confirms with their password what they do there. */
export const PasswordOf = z.object({
  memberId: MemberId,
  password: z.string().min(1).max(PASSWORD_LENGTH_MAX),
})

/**
 * Whether this is the member's password. Counted before anyone looks at it; a member that is not there costs the same look, the same
 * count and the same hash, and is answered like a wrong password.
 */
export async function checkPassword(
  env: IdentityEnv,
  { memberId, password }: z.infer<typeof PasswordOf>,
): Promise<Result<null>> {
  const account = await accountById(env.DB, memberId)
  const admitted = await admitAskedPassword(env, memberId)
  if (!admitted.ok) return admitted
  const right = await verifyPassword(password, account?.passwordHash ?? null)
  if (!right.ok) return right
  if (!right.value) return refuse('CREDENTIALS_WRONG')
  await forgiveAskedPassword(env, memberId)
  return ok(null)
}
