import { createApp } from '#kit/app'
import { CouponsEnv } from './env.ts'

export const app = createApp({
  worker: 'coupons',
  env: CouponsEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})
