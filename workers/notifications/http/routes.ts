import type { Context } from 'hono'
import { type AppEnv, memberOf } from '#kit/app'
import type { NotificationsEnv } from '../env.ts'

export type NotificationsContext = Context<AppEnv<NotificationsEnv>>

export const tags = ['notifications']

/** Who reads, and in which language, behind `requireMember`. */
export const readerOf = (c: NotificationsContext) => ({
  memberId: memberOf(c).memberId,
  locale: c.var.locale,
})
