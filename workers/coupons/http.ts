import { createApp } from '#kit/app'
import { addDeadLetterRoutes } from '#kit/dead-letters'
import { handlersOf } from './consumer.ts'
import { CouponsEnv } from './env.ts'
import { campaignRoutes } from './http/campaigns.ts'
import { couponRoutes } from './http/coupons.ts'
import { operatorRoutes } from './http/operators.ts'
import { receiptRoutes } from './http/receipts.ts'

export const app = createApp({
  worker: 'coupons',
  env: CouponsEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})

campaignRoutes(app)
couponRoutes(app)
receiptRoutes(app)
operatorRoutes(app)
addDeadLetterRoutes(app, 'coupons', handlersOf)
