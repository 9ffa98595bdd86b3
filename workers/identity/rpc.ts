import { WorkerEntrypoint } from 'cloudflare:workers'
import { z } from 'zod'
import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import type { IdentityApi } from '#contracts/identity.api'
import { MemberId } from '#contracts/ids'
import { readEnv } from '#kit/env'
import { ok, refuse } from '#kit/result'
import { publicKeys } from './access-token.ts'
import { IdentityEnv } from './env.ts'
import { publicMembers } from './profile.service.ts'
import { tick } from './tick.service.ts'

const MEMBERS_MAX = 50
const MemberIds = z.array(MemberId).max(MEMBERS_MAX)

/** What other workers may ask of identity. */
export class IdentityRpc extends WorkerEntrypoint<IdentityEnv> implements IdentityApi {
  /** The public faces of up to 50 members; unknown ids are left out. */
  async members(_ctx: CallContext, ids: MemberId[]): Promise<Result<PublicMember[]>> {
    const asked = MemberIds.safeParse(ids)
    return asked.success ? ok(await publicMembers(this.#env(), asked.data)) : refuse('VALIDATION_FAILED')
  }

  /** Public keys that verify access tokens. */
  async jwks(): Promise<{ keys: JsonWebKey[] }> {
    return publicKeys(this.#env().TOKEN_KEYS)
  }

  /** The minute's sweep. */
  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await tick(this.#env(), now)
  }

  #env(): IdentityEnv {
    return readEnv(IdentityEnv, this.env)
  }
}
