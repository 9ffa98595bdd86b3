import { createApp } from '#kit/app'
import { addDeadLetterRoutes } from '#kit/dead-letters'
import { handlersOf } from './consumer.ts'
import { TradesEnv } from './env.ts'
import { appointmentRoutes } from './http/appointments.ts'
import { disputeRoutes } from './http/disputes.ts'
import { purchaseRoutes } from './http/purchases.ts'
import { reviewRoutes } from './http/reviews.ts'
import { tradeRoutes } from './http/trades.ts'

export const app = createApp({
  worker: 'trades',
  env: TradesEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})

tradeRoutes(app)
purchaseRoutes(app)
disputeRoutes(app)
reviewRoutes(app)
appointmentRoutes(app)
addDeadLetterRoutes(app, 'trades', handlersOf)
