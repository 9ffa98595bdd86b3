import { createApp } from '#kit/app'
import { addDeadLetterRoutes } from '#kit/dead-letters'
import { handlersOf } from './consumer.ts'
import { MediaEnv } from './env.ts'
import { MEDIA_PATH, takeUpload } from './http/uploads.ts'
import { serveVariant } from './http/variants.ts'

export const app = createApp({
  worker: 'media',
  env: MediaEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
  rawBodyPaths: [MEDIA_PATH],
})
takeUpload(app)
serveVariant(app)
addDeadLetterRoutes(app, 'media', handlersOf)

export type MediaApp = typeof app
