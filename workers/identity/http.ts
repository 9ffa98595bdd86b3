import { createApp } from '#kit/app'
import { publicKeys } from './access-token.ts'
import { IdentityEnv } from './env.ts'
import { accountRoutes } from './http/accounts.ts'
import { devRoutes } from './http/dev.ts'
import { meRoutes } from './http/me.ts'
import { publicRoutes } from './http/public.ts'
import { sessionRoutes } from './http/sessions.ts'

declare const MADANG_STAND_INS: boolean

export const app = createApp({
  worker: 'identity',
  env: IdentityEnv,
  keys: (env) => async () => publicKeys(env.TOKEN_KEYS),
})

// Nothing here may be kept by anyone on the way, unless its route says so.
app.use(async (c, next) => {
  await next()
  if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
})

accountRoutes(app)
sessionRoutes(app)
meRoutes(app)
publicRoutes(app)
// The bundler drops the block when the define is false.
if (MADANG_STAND_INS) devRoutes(app)
