import { WorkerEntrypoint } from 'cloudflare:workers'
import { z } from 'zod'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import { MemberId, TradeId } from '#contracts/ids'
import { TradeState } from '#contracts/trades'

export const Told = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('named'), memberId: MemberId, nickname: z.string() }),
  z.object({ kind: z.literal('withdrawn'), memberId: MemberId }),
  z.object({ kind: z.literal('trade'), id: TradeId, state: TradeState }),
  /** Whether identity and trades give answers. */
  z.object({ kind: z.literal('answers'), are: z.enum(['given', 'missing']) }),
])
export type Told = z.infer<typeof Told>

const nicknames = new Map<MemberId, string>()
const withdrawn = new Set<MemberId>()
const trades = new Map<TradeId, TradeState>()
let isDown = false

/** Identity and trades, as far as payments asks them; a test tells it what there is. */
export default class Neighbours extends WorkerEntrypoint<{ JWKS: string; PASSWORD: string }> {
  jwks(): unknown {
    return JSON.parse(this.env.JWKS)
  }

  members(_ctx: unknown, ids: MemberId[]): Result<PublicMember[]> {
    if (isDown) throw new Error('identity is down')
    return { ok: true, value: ids.map(memberOf) }
  }

  memberByNickname(_ctx: unknown, nickname: string): Result<PublicMember> {
    const found = Array.from(nicknames).find(([, name]) => name === nickname)
    return found ? { ok: true, value: memberOf(found[0]) } : { ok: false, refusal: { code: 'NOT_FOUND' } }
  }

  checkPassword(_ctx: unknown, { password }: { password: string }): Result<null> {
    return password === this.env.PASSWORD
      ? { ok: true, value: null }
      : { ok: false, refusal: { code: 'CREDENTIALS_WRONG' } }
  }

  /** Trades' answer, and group buys', by what is asked about. */
  states(_ctx: unknown, ids: TradeId[]): Result<{ id: TradeId; state: TradeState; isOver: boolean }[]> {
    if (isDown) throw new Error('trades is down')
    const value = ids.flatMap((id) => {
      const state = trades.get(id)
      return state === undefined ? [] : [{ id, state, isOver: state !== 'paid' }]
    })
    return { ok: true, value }
  }

  /** Told by a PUT; whatever else comes is for the provider or the bank, who give no answer here. */
  override async fetch(request: Request): Promise<Response> {
    if (request.method !== 'PUT') return new Response(null, { status: 503 })
    const told = Told.parse(await request.json())
    if (told.kind === 'named') nicknames.set(told.memberId, told.nickname)
    if (told.kind === 'withdrawn') withdrawn.add(told.memberId)
    if (told.kind === 'trade') trades.set(told.id, told.state)
    if (told.kind === 'answers') isDown = told.are === 'missing'
    return new Response(null, { status: 204 })
  }
}

const memberOf = (id: MemberId): PublicMember => ({
  id,
  nickname: nicknames.get(id) ?? `이웃 ${id.slice(-4)}`,
  photo: null,
  region: null,
  introduction: '',
  joinedAt: '2026-01-01T00:00:00.000Z',
  withdrawn: withdrawn.has(id),
})
