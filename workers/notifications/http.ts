import { createApp } from '#kit/app'
import { NotificationsEnv } from './env.ts'

export const app = createApp({
  worker: 'notifications',
  env: NotificationsEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})
