import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AppEnv } from '#kit/app'
import type { IdentityEnv } from '../env.ts'
import { deviceOf } from '../session.rules.ts'
import type { Client } from '../throttling.ts'

export type App = OpenAPIHono<AppEnv<IdentityEnv>>

/** Who is in front of us, as the edge says; nobody else can set these headers. */
export const clientOf = (c: Context<AppEnv<IdentityEnv>>, deviceToken?: string): Client => ({
  ip: c.req.header('x-madang-ip') ?? 'unknown',
  deviceToken,
})

/** The caller's device in words. */
export const deviceIn = (c: Context<AppEnv<IdentityEnv>>): string => deviceOf(c.req.header('user-agent'))
