import { createApp } from '#kit/app'
import { ModerationEnv } from './env.ts'

export const app = createApp({
  worker: 'moderation',
  env: ModerationEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})
