import { createApp } from '#kit/app'
import { addDeadLetterRoutes } from '#kit/dead-letters'
import { handlersOf } from './consumer.ts'
import { GroupBuysEnv } from './env.ts'
import { claimRoutes } from './http/claims.ts'
import { groupBuyRoutes } from './http/group-buys.ts'
import { mineRoutes } from './http/mine.ts'

export const app = createApp({
  worker: 'group-buys',
  env: GroupBuysEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})

groupBuyRoutes(app)
claimRoutes(app)
mineRoutes(app)
addDeadLetterRoutes(app, 'group-buys', handlersOf)
