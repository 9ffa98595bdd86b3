import { createApp } from '#kit/app'
import { addDeadLetterRoutes } from '#kit/dead-letters'
import { handlersOf } from './consumer.ts'
import { ListingsEnv } from './env.ts'
import { commentRoutes } from './http/comments.ts'
import { listingRoutes } from './http/listings.ts'
import { wishRoutes } from './http/wishes.ts'

export const app = createApp({
  worker: 'listings',
  env: ListingsEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})

listingRoutes(app)
wishRoutes(app)
commentRoutes(app)
addDeadLetterRoutes(app, 'listings', handlersOf)
