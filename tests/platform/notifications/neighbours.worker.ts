import { WorkerEntrypoint } from 'cloudflare:workers'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import type { MemberId } from '#contracts/ids'

/** Identity, as far as notifications asks it: every member exists and is called by the end of their id. */
export default class Neighbours extends WorkerEntrypoint<{ JWKS: string }> {
  jwks(): unknown {
    return JSON.parse(this.env.JWKS)
  }

  members(_ctx: unknown, ids: MemberId[]): Result<PublicMember[]> {
    const value = ids.map((id) => ({
      id,
      nickname: `이웃 ${id.slice(-4)}`,
      photo: null,
      region: null,
      introduction: '',
      joinedAt: '2026-01-01T00:00:00.000Z',
      withdrawn: false,
    }))
    return { ok: true, value }
  }
}
