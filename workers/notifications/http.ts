import { createApp } from '#kit/app'
import { addDeadLetterRoutes } from '#kit/dead-letters'
import { handlersOf } from './consumer.ts'
import { NotificationsEnv } from './env.ts'
import { deviceRoutes } from './http/devices.ts'
import { inboxRoutes } from './http/inbox.ts'
import { liveRoutes } from './http/live.ts'
import { preferenceRoutes } from './http/preferences.ts'

export const app = createApp({
  worker: 'notifications',
  env: NotificationsEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})

// Paths without an id come first: `unread` is no notification's id.
preferenceRoutes(app)
deviceRoutes(app)
liveRoutes(app)
inboxRoutes(app)
addDeadLetterRoutes(app, 'notifications', handlersOf)
