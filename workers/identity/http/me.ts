import { createRoute, z } from '@hono/zod-openapi'
import { ChangePasswordRequest, EditMeRequest, Me, SessionLine, WithdrawRequest } from '#contracts/identity'
import { SessionId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import { memberOf, purges, refusal, requireMember } from '#kit/app'
import { bearer, emptyReply, jsonBody, jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import type { IdentityEnv } from '../env.ts'
import { changePassword } from '../password-change.service.ts'
import { meOf } from '../profile.rules.ts'
import { editMe, ownAccount, withdrawMe } from '../profile.service.ts'
import { listSessions, revokeSession } from '../session.service.ts'
import { type App, clientOf } from './caller.ts'

const own = { tags: ['me'], security: bearer, middleware: requireMember<IdentityEnv>() }

const getRoute = createRoute({
  method: 'get',
  path: '/api/v1/me',
  summary: 'My account',
  ...own,
  responses: { 200: jsonReply(Me, 'my account'), ...problems() },
})

const editRoute = createRoute({
  method: 'patch',
  path: '/api/v1/me',
  summary: 'Edit my profile, photo or home',
  ...own,
  request: jsonBody(EditMeRequest),
  responses: { 200: jsonReply(Me, 'my account'), ...problems(409) },
})

const passwordRoute = createRoute({
  method: 'put',
  path: '/api/v1/me/password',
  summary: 'Change my password; every other device is signed out',
  ...own,
  request: jsonBody(ChangePasswordRequest),
  responses: { 204: emptyReply('changed'), ...problems(422) },
})

const withdrawRoute = createRoute({
  method: 'delete',
  path: '/api/v1/me',
  summary: 'Withdraw; takes my password',
  ...own,
  request: jsonBody(WithdrawRequest),
  responses: { 204: emptyReply('withdrawn'), ...problems(409) },
})

const sessionsRoute = createRoute({
  method: 'get',
  path: '/api/v1/me/sessions',
  summary: 'Where I am signed in',
  ...own,
  responses: { 200: jsonReply(pageOf(SessionLine), 'live sessions'), ...problems() },
})

const revokeRoute = createRoute({
  method: 'delete',
  path: '/api/v1/me/sessions/{id}',
  summary: 'Sign a device out',
  ...own,
  request: { params: z.object({ id: SessionId }) },
  responses: { 204: emptyReply('signed out'), ...problems(404) },
})

/** The caller's own account. */
export function meRoutes(app: App): void {
  app.openapi(getRoute, async (c) => {
    const account = await ownAccount(c.env, memberOf(c))
    return account.ok ? c.json(meOf(account.value), 200) : refusal(c, account.refusal)
  })

  app.openapi(editRoute, async (c) => {
    const edited = await editMe(c.env, memberOf(c), c.req.valid('json'), c.var.requestId)
    if (!edited.ok) return refusal(c, edited.refusal)
    tell(c, [edited.value.event])
    purges(c, [edited.value.me.id])
    return c.json(edited.value.me, 200)
  })

  app.openapi(passwordRoute, async (c) => {
    const changed = await changePassword(c.env, memberOf(c), c.req.valid('json'), clientOf(c))
    if (!changed.ok) return refusal(c, changed.refusal)
    c.executionCtx.waitUntil(changed.value.afterReply())
    return c.body(null, 204)
  })

  app.openapi(withdrawRoute, async (c) => {
    const holder = memberOf(c)
    const request = { ...c.req.valid('json'), ip: clientOf(c).ip }
    const withdrawn = await withdrawMe(c.env, holder, request, c.var.requestId)
    if (!withdrawn.ok) return refusal(c, withdrawn.refusal)
    tell(c, [withdrawn.value.event])
    c.executionCtx.waitUntil(withdrawn.value.afterReply())
    purges(c, [holder.memberId])
    return c.body(null, 204)
  })

  app.openapi(sessionsRoute, async (c) => {
    const account = await ownAccount(c.env, memberOf(c))
    if (!account.ok) return refusal(c, account.refusal)
    return c.json({ items: await listSessions(c.env, memberOf(c)), nextCursor: null }, 200)
  })

  app.openapi(revokeRoute, async (c) => {
    const account = await ownAccount(c.env, memberOf(c))
    if (!account.ok) return refusal(c, account.refusal)
    const revoked = await revokeSession(c.env, memberOf(c), c.req.valid('param').id)
    return revoked.ok ? c.body(null, 204) : refusal(c, revoked.refusal)
  })
}
