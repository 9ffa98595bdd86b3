import { createApp } from '#kit/app'
import { ChatEnv } from './env.ts'

export const app = createApp({
  worker: 'chat',
  env: ChatEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})
