import { createApp } from '#kit/app'
import { PaymentsEnv } from './env.ts'

export const app = createApp({
  worker: 'payments',
  env: PaymentsEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})
