import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { GroupBuyId } from '#contracts/ids'
import { type AppEnv, memberOf } from '#kit/app'
import { nowMs } from '#kit/clock'
import type { Asker } from '../asker.ts'
import type { GroupBuysEnv } from '../env.ts'

/** What every route of this worker is given. */
export type GroupBuysContext = Context<AppEnv<GroupBuysEnv>>
export const OneGroupBuy = z.object({ id: GroupBuyId })

declare const MADANG_STAND_INS: boolean

/** Lets tests and the seed script open a group buy in the past; the bundler drops the header's name from production. */
const atMsOf = (c: GroupBuysContext): number =>
  MADANG_STAND_INS ? Number(c.req.header('dev-at-ms') ?? nowMs()) : nowMs()

/** Who asks, behind `requireMember`. */
export const askerOf = (c: GroupBuysContext): Asker => ({
  memberId: memberOf(c).memberId,
  requestId: c.var.requestId,
  completion: c.var.completion,
  idempotencyKey: c.req.header('idempotency-key'),
  atMs: atMsOf(c),
})
