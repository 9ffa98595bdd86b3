import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { AppointmentId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import {
  Appointment,
  ListAppointmentsQuery,
  MoveAppointmentRequest,
  SayOutcomeRequest,
  SetAppointmentRequest,
} from '#contracts/trades'
import { type AppEnv, onlyMine, refusal, reply, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, emptyReply, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { cancelAppointment, moveAppointment, sayHowItWent, setAppointment } from '../appointment.service.ts'
import { appointmentsOfRoom, appointmentsToCome } from '../appointment-read.service.ts'
import type { TradesEnv } from '../env.ts'
import { askerOf, tell } from './routes.ts'

const tags = ['appointments']
const security = bearer
const OneAppointment = z.object({ id: AppointmentId })
const middleware = requireMember<TradesEnv>()

const set = createRoute({
  method: 'post',
  path: '/api/v1/appointments',
  tags,
  security,
  middleware: [requireMember<TradesEnv>(), idempotent<TradesEnv>()] as const,
  request: { headers: idempotencyHeader, ...jsonBody(SetAppointmentRequest) },
  responses: { 201: jsonReply(Appointment, 'set; both are reminded'), ...problems(404, 409, 422) },
})

const list = createRoute({
  method: 'get',
  path: '/api/v1/appointments',
  tags,
  security,
  middleware,
  request: { query: ListAppointmentsQuery },
  responses: {
    200: jsonReply(pageOf(Appointment), "a room's own, or mine to come, the nearest first"),
    ...problems(),
  },
})

const move = createRoute({
  method: 'patch',
  path: '/api/v1/appointments/{id}',
  tags,
  security,
  middleware,
  request: { params: OneAppointment, ...jsonBody(MoveAppointmentRequest) },
  responses: { 200: jsonReply(Appointment, 'moved'), ...problems(404, 409, 422) },
})

const cancel = createRoute({
  method: 'delete',
  path: '/api/v1/appointments/{id}',
  tags,
  security,
  middleware,
  request: { params: OneAppointment },
  responses: { 204: emptyReply('called off'), ...problems(404, 409) },
})

const say = createRoute({
  method: 'post',
  path: '/api/v1/appointments/{id}/outcome',
  tags,
  security,
  middleware: [requireMember<TradesEnv>(), idempotent<TradesEnv>()] as const,
  request: { headers: idempotencyHeader, params: OneAppointment, ...jsonBody(SayOutcomeRequest) },
  responses: { 200: jsonReply(Appointment, 'how the other side kept it'), ...problems(404, 409) },
})

/** When and where they meet, and how it went. */
export function appointmentRoutes(app: OpenAPIHono<AppEnv<TradesEnv>>): void {
  app.openapi(set, async (c) => {
    const made = await setAppointment(c.env, askerOf(c), c.req.valid('json'))
    if (!made.ok) return refusal(c, made.refusal)
    tell(c, made.value)
    return c.json(made.value.value, 201)
  })

  app.openapi(list, async (c) => {
    onlyMine(c)
    const { roomId, ...page } = c.req.valid('query')
    const asker = askerOf(c)
    return reply(
      c,
      roomId === undefined
        ? await appointmentsToCome(c.env, asker, page)
        : await appointmentsOfRoom(c.env, asker, roomId),
    )
  })

  app.openapi(move, async (c) => {
    const moved = await moveAppointment(c.env, askerOf(c), c.req.valid('param').id, c.req.valid('json'))
    if (!moved.ok) return refusal(c, moved.refusal)
    tell(c, moved.value)
    return c.json(moved.value.value, 200)
  })

  app.openapi(cancel, async (c) => {
    const cancelled = await cancelAppointment(c.env, askerOf(c), c.req.valid('param').id)
    if (!cancelled.ok) return refusal(c, cancelled.refusal)
    tell(c, cancelled.value)
    return c.body(null, 204)
  })

  app.openapi(say, async (c) => {
    const { outcome } = c.req.valid('json')
    const said = await sayHowItWent(c.env, askerOf(c), c.req.valid('param').id, outcome)
    if (!said.ok) return refusal(c, said.refusal)
    tell(c, said.value)
    return c.json(said.value.value, 200)
  })
}
