import { createApp } from '#kit/app'
import { GroupBuysEnv } from './env.ts'

export const app = createApp({
  worker: 'group-buys',
  env: GroupBuysEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})
