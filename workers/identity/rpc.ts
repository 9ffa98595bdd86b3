import { WorkerEntrypoint } from 'cloudflare:workers'
import { z } from 'zod'
import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import type { IdentityApi } from '#contracts/identity.api'
import { type DecisionId, MemberId } from '#contracts/ids'
import { readEnv } from '#kit/env'
import { ok, refuse } from '#kit/result'
import { publicKeys } from './access-token.ts'
import { IdentityEnv } from './env.ts'
import { LetterFor, letterTo } from './letter.service.ts'
import { deliverMail } from './mail.service.ts'
import { checkPassword, PasswordOf } from './password-check.service.ts'
import { memberByNickname, publicMembers } from './profile.service.ts'
import { liftSuspension, type Suspension, suspend } from './suspension.service.ts'
import { tick } from './tick.service.ts'

const MEMBERS_MAX = 50
const MemberIds = z.array(MemberId).max(MEMBERS_MAX)
const NICKNAME_LENGTH_MAX = 64
const AskedNickname = z.string().min(1).max(NICKNAME_LENGTH_MAX)

/** What other workers may ask of identity. */
export class IdentityRpc extends WorkerEntrypoint<IdentityEnv> implements IdentityApi {
  /** The public faces of up to 50 members; unknown ids are left out. */
  async members(_ctx: CallContext, ids: MemberId[]): Promise<Result<PublicMember[]>> {
    const asked = MemberIds.safeParse(ids)
    return asked.success ? ok(await publicMembers(this.#env(), asked.data)) : refuse('VALIDATION_FAILED')
  }

  /** Ends the member's sessions and keeps them out until then; the letter goes out after the reply. */
  async suspend(_ctx: CallContext, request: Suspension): Promise<Result<null>> {
    const env = this.#env()
    const suspended = await suspend(env, request)
    if (!suspended.ok) return suspended
    const { mailId } = suspended.value
    if (mailId !== null) this.ctx.waitUntil(deliverMail(env, mailId))
    return ok(null)
  }

  /** Ends what that decision put on. */
  async liftSuspension(
    _ctx: CallContext,
    request: { memberId: MemberId; decisionId: DecisionId },
  ): Promise<Result<null>> {
    await liftSuspension(this.#env(), request)
    return ok(null)
  }

  /** Who has exactly this nickname now. */
  async memberByNickname(_ctx: CallContext, nickname: string): Promise<Result<PublicMember>> {
    const asked = AskedNickname.safeParse(nickname)
    return asked.success ? await memberByNickname(this.#env(), asked.data) : refuse('NOT_FOUND')
  }

  /** Whether this is the member's password. */
  async checkPassword(
    _ctx: CallContext,
    request: { memberId: MemberId; password: string },
  ): Promise<Result<null>> {
    const asked = PasswordOf.safeParse(request)
    return asked.success ? await checkPassword(this.#env(), asked.data) : refuse('VALIDATION_FAILED')
  }

  /** Sends a letter to the member's own address, once a key; it goes out after the reply. */
  async letter(
    _ctx: CallContext,
    request: { memberId: MemberId; key: string; subject: string; text: string },
  ): Promise<Result<null>> {
    const env = this.#env()
    const asked = LetterFor.safeParse(request)
    if (!asked.success) return refuse('VALIDATION_FAILED')
    const written = await letterTo(env, asked.data)
    if (!written.ok) return written
    this.ctx.waitUntil(deliverMail(env, written.value.mailId))
    return ok(null)
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
