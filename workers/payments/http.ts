import { createApp } from '#kit/app'
import { addDeadLetterRoutes } from '#kit/dead-letters'
import { handlersOf } from './consumer.ts'
import { PaymentsEnv } from './env.ts'
import { chargeRoutes } from './http/charges.ts'
import { historyRoutes } from './http/history.ts'
import { operatorRoutes } from './http/operator.ts'
import { payoutRoutes } from './http/payouts.ts'
import { walletRoutes } from './http/wallet.ts'
import { webhookRoutes } from './http/webhooks.ts'

export const app = createApp({
  worker: 'payments',
  env: PaymentsEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})

walletRoutes(app)
chargeRoutes(app)
payoutRoutes(app)
historyRoutes(app)
webhookRoutes(app)
operatorRoutes(app)
addDeadLetterRoutes(app, 'payments', handlersOf)
