import { createRoute } from '@hono/zod-openapi'
import {
  Availability,
  AvailabilityQuery,
  FindIdRequest,
  ResendCodeRequest,
  ResetPasswordConfirmRequest,
  ResetPasswordRequest,
  Session,
  SignedUp,
  SignUpRequest,
  VerifyEmailRequest,
} from '#contracts/identity'
import { refusal } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { emptyReply, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import { deliverMail } from '../mail.service.ts'
import { afterTheReply, mailLoginId, mailNewCode, mailResetCode, resetPassword } from '../recovery.service.ts'
import { sessionReply } from '../session.service.ts'
import { namesTaken, signUp, verifyEmail } from '../sign-up.service.ts'
import { admitLetter, trustClient } from '../throttling.ts'
import { type App, clientOf, deviceIn } from './caller.ts'

const tags = ['auth']
const ALIKE = 'the same whether or not the address has an account'

const signUpRoute = createRoute({
  method: 'post',
  path: '/api/v1/auth/sign-up',
  tags,
  summary: 'Sign up; a six-digit code is mailed',
  middleware: [idempotent()] as const,
  request: { headers: idempotencyHeader, ...jsonBody(SignUpRequest) },
  responses: { 201: jsonReply(SignedUp, ALIKE), ...problems(409, 422) },
})

const verifyRoute = createRoute({
  method: 'post',
  path: '/api/v1/auth/verify-email',
  tags,
  summary: 'Confirm the address with the mailed code; signs in',
  request: jsonBody(VerifyEmailRequest),
  responses: { 200: jsonReply(Session, 'a session'), ...problems(422) },
})

const resendRoute = createRoute({
  method: 'post',
  path: '/api/v1/auth/resend-code',
  tags,
  summary: 'Mail a new confirmation code',
  request: jsonBody(ResendCodeRequest),
  responses: { 204: emptyReply(ALIKE), ...problems() },
})

const findIdRoute = createRoute({
  method: 'post',
  path: '/api/v1/auth/find-id',
  tags,
  summary: 'Mail the login id that belongs to an address',
  request: jsonBody(FindIdRequest),
  responses: { 204: emptyReply(ALIKE), ...problems() },
})

const resetRoute = createRoute({
  method: 'post',
  path: '/api/v1/auth/reset-password',
  tags,
  summary: 'Mail a code to reset the password with',
  request: jsonBody(ResetPasswordRequest),
  responses: { 204: emptyReply(ALIKE), ...problems() },
})

const confirmResetRoute = createRoute({
  method: 'post',
  path: '/api/v1/auth/reset-password/confirm',
  tags,
  summary: 'Set a new password with the mailed code; every session ends',
  request: jsonBody(ResetPasswordConfirmRequest),
  responses: { 204: emptyReply('set'), ...problems(422) },
})

const availabilityRoute = createRoute({
  method: 'get',
  path: '/api/v1/auth/availability',
  tags,
  summary: 'Whether a login id or nickname is free; never about addresses',
  request: { query: AvailabilityQuery },
  responses: { 200: jsonReply(Availability, 'true: free'), ...problems() },
})

/** Sign-up, confirmation and recovery. */
export function accountRoutes(app: App): void {
  app.openapi(signUpRoute, async (c) => {
    const { locale, completion } = c.var
    const caller = { client: clientOf(c), locale, completion: (body: unknown) => completion(201, body) }
    const started = await signUp(c.env, c.req.valid('json'), caller)
    if (!started.ok) return refusal(c, started.refusal)
    c.executionCtx.waitUntil(deliverMail(c.env, started.value.mailId))
    return c.json(started.value.reply, 201)
  })

  app.openapi(verifyRoute, async (c) => {
    const request = c.req.valid('json')
    const joined = await verifyEmail(c.env, request, {
      device: deviceIn(c),
      requestId: c.var.requestId,
    })
    if (!joined.ok) return refusal(c, joined.refusal)
    const { holder, session, event, atMs } = joined.value
    tell(c, [event])
    c.executionCtx.waitUntil(
      trustClient(c.env, { loginId: holder.loginId, email: request.email }, clientOf(c)),
    )
    return c.json(await sessionReply(c.env, holder, session, atMs), 200)
  })

  recoveryRoutes(app)

  app.openapi(availabilityRoute, async (c) => {
    const asked = c.req.valid('query')
    const taken = await namesTaken(c.env, asked)
    return c.json(
      {
        ...(asked.loginId === undefined ? {} : { loginId: !taken.loginId }),
        ...(asked.nickname === undefined ? {} : { nickname: !taken.nickname }),
      },
      200,
    )
  })
}

function recoveryRoutes(app: App): void {
  app.openapi(resendRoute, async (c) => {
    const { email } = c.req.valid('json')
    const admitted = await admitLetter(c.env, email, clientOf(c))
    if (!admitted.ok) return refusal(c, admitted.refusal)
    c.executionCtx.waitUntil(afterTheReply(() => mailNewCode(c.env, email)))
    return c.body(null, 204)
  })

  app.openapi(findIdRoute, async (c) => {
    const { email } = c.req.valid('json')
    const admitted = await admitLetter(c.env, email, clientOf(c))
    if (!admitted.ok) return refusal(c, admitted.refusal)
    c.executionCtx.waitUntil(afterTheReply(() => mailLoginId(c.env, email)))
    return c.body(null, 204)
  })

  app.openapi(resetRoute, async (c) => {
    const { email } = c.req.valid('json')
    const admitted = await admitLetter(c.env, email, clientOf(c))
    if (!admitted.ok) return refusal(c, admitted.refusal)
    c.executionCtx.waitUntil(afterTheReply(() => mailResetCode(c.env, email)))
    return c.body(null, 204)
  })

  app.openapi(confirmResetRoute, async (c) => {
    const reset = await resetPassword(c.env, c.req.valid('json'), clientOf(c))
    if (!reset.ok) return refusal(c, reset.refusal)
    c.executionCtx.waitUntil(reset.value.afterReply())
    return c.body(null, 204)
  })
}
