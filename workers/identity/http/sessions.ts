import { createRoute } from '@hono/zod-openapi'
import { RefreshRequest, Session, SignInRequest } from '#contracts/identity'
import { refusal, reply } from '#kit/app'
import { emptyReply, jsonBody, jsonReply, problems } from '#kit/openapi'
import { refreshSession, signOut } from '../session.service.ts'
import { signIn } from '../sign-in.service.ts'
import { type App, clientOf, deviceIn } from './caller.ts'

const tags = ['auth']

const signInRoute = createRoute({
  method: 'post',
  path: '/api/v1/auth/sign-in',
  tags,
  summary: 'Sign in by login id or e-mail',
  request: jsonBody(SignInRequest),
  responses: { 200: jsonReply(Session, 'a session'), ...problems(403) },
})

const refreshRoute = createRoute({
  method: 'post',
  path: '/api/v1/auth/refresh',
  tags,
  summary: 'Trade a refresh token for the next one',
  request: jsonBody(RefreshRequest),
  responses: { 200: jsonReply(Session, 'the session goes on'), ...problems(403) },
})

const signOutRoute = createRoute({
  method: 'post',
  path: '/api/v1/auth/sign-out',
  tags,
  summary: 'End a session; ending it twice is fine',
  request: jsonBody(RefreshRequest),
  responses: { 204: emptyReply('signed out'), ...problems() },
})

/** Sessions by password and refresh token. */
export function sessionRoutes(app: App): void {
  app.openapi(signInRoute, async (c) => {
    const { deviceToken, ...request } = c.req.valid('json')
    const signedIn = await signIn(c.env, request, { client: clientOf(c, deviceToken), device: deviceIn(c) })
    if (!signedIn.ok) return refusal(c, signedIn.refusal)
    c.executionCtx.waitUntil(signedIn.value.afterReply())
    return c.json(signedIn.value.session, 200)
  })

  app.openapi(refreshRoute, async (c) =>
    reply(c, await refreshSession(c.env, c.req.valid('json').refreshToken)),
  )

  app.openapi(signOutRoute, async (c) => {
    await signOut(c.env, c.req.valid('json').refreshToken)
    return c.body(null, 204)
  })
}
