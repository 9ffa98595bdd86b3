import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { RoomId } from '#contracts/ids'
import { type AppEnv, memberOf, requireMember } from '#kit/app'
import { nowMs } from '#kit/clock'
import { bearer } from '#kit/openapi'
import type { ChatEnv } from '../env.ts'
import type { Asker } from '../room.service.ts'

/** What every route of this worker is given. */
export type ChatContext = Context<AppEnv<ChatEnv>>

export const OneRoom = z.object({ id: RoomId })
export const signedIn = { tags: ['chat'], security: bearer, middleware: requireMember<ChatEnv>() }

/** Who asks, behind `requireMember`. */
export const askerOf = (c: ChatContext): Asker => ({
  memberId: memberOf(c).memberId,
  requestId: c.var.requestId,
  atMs: nowMs(),
})
