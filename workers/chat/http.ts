import { createApp } from '#kit/app'
import { addDeadLetterRoutes } from '#kit/dead-letters'
import { handlersOf } from './consumer.ts'
import { ChatEnv } from './env.ts'
import { messageRoutes } from './http/messages.ts'
import { roomRoutes } from './http/rooms.ts'
import { socketRoutes } from './http/socket.ts'

export const app = createApp({
  worker: 'chat',
  env: ChatEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})

roomRoutes(app)
messageRoutes(app)
socketRoutes(app)
addDeadLetterRoutes(app, 'chat', handlersOf)
