import { WorkerEntrypoint } from 'cloudflare:workers'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import type { MemberId } from '#contracts/ids'
import { pushService } from '../../../workers/stand-ins/push.ts'

type Letter = { memberId: MemberId; key: string; subject: string; text: string }
const letters = new Map<string, Letter>()
let lettersToLose = 0

/**
 * Identity, as far as notifications asks it: every member exists and is called by the end of their id; letters are kept, each key once
 * (`GET /letters?member=`, `POST /letters/lose?times=` makes the next ones fail). Over HTTP also the push service of the stand-ins.
 */
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

  letter(_ctx: unknown, letter: Letter): Result<null> {
    if (lettersToLose > 0) {
      lettersToLose -= 1
      throw new Error('identity is down')
    }
    if (!letters.has(letter.key)) letters.set(letter.key, letter)
    return { ok: true, value: null }
  }

  override async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/letters/lose') {
      lettersToLose = Number(searchParams.get('times'))
      return new Response(null, { status: 204 })
    }
    if (pathname === '/letters') {
      const mine = [...letters.values()].filter(({ memberId }) => memberId === searchParams.get('member'))
      return Response.json(mine)
    }
    return await pushService.fetch(request)
  }
}
