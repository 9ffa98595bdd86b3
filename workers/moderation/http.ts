import { createApp } from '#kit/app'
import { ModerationEnv } from './env.ts'
import { mailedRoutes } from './http/mailed.ts'
import { memberRoutes } from './http/members.ts'
import { operatorRoutes } from './http/operators.ts'

export const app = createApp({
  worker: 'moderation',
  env: ModerationEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})

memberRoutes(app)
mailedRoutes(app)
operatorRoutes(app)
