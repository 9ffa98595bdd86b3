import type { Context } from 'hono'
import { type AppEnv, memberOf } from '#kit/app'
import { nowMs } from '#kit/clock'
import type { ListingsEnv } from '../env.ts'
import type { Asker } from '../listing.service.ts'

/** What every route of this worker is given. */
export type ListingsContext = Context<AppEnv<ListingsEnv>>

declare const MADANG_STAND_INS: boolean

/** Lets the seed script give the demo town a past; the bundler drops the header's name from production. */
const atMsOf = (c: ListingsContext): number =>
  MADANG_STAND_INS ? Number(c.req.header('dev-at-ms') ?? nowMs()) : nowMs()

/** Who asks, behind `requireMember`. */
export const askerOf = (c: ListingsContext): Asker => ({
  memberId: memberOf(c).memberId,
  requestId: c.var.requestId,
  completion: c.var.completion,
  idempotencyKey: c.req.header('idempotency-key'),
  atMs: atMsOf(c),
})
