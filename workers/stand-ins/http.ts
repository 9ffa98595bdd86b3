import { Hono } from 'hono'
import { z } from 'zod'
import { nowMs, toIso } from '#kit/clock'
import { binding, readEnv } from '#kit/env'
import { bankRoutes } from './bank.ts'
import type { Mailbox } from './mailbox.ts'
import { checkoutRoutes, portOneRoutes } from './pay.ts'
import { pushService } from './push.ts'

const StandInsEnv = z.object({ MAILBOX: binding<DurableObjectNamespace<Mailbox>>() })
type StandInsEnv = z.infer<typeof StandInsEnv>

const SHOWN_MAX = 100
const DELAY_MS_MAX = 60_000

/** The part of Resend's `POST /emails` that is used. */
const SendRequest = z.object({
  from: z.string(),
  to: z.union([z.string(), z.array(z.string()).min(1)]),
  subject: z.string(),
  text: z.string(),
})
const times = z.int().min(1).default(1)
const BehaviourRequest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('well') }),
  z.object({ kind: z.literal('refuse'), status: z.int().min(400).max(599).default(500), times }),
  z.object({ kind: z.literal('delay'), delayMs: z.int().min(0).max(DELAY_MS_MAX), times }),
  z.object({ kind: z.literal('repeat'), times }),
  z.object({ kind: z.literal('lose'), times }),
])

export const app = new Hono<{ Bindings: StandInsEnv }>()
app.notFound((c) => c.json({ message: 'no such stand-in' }, 404))
app.onError((error, c) =>
  error instanceof z.ZodError
    ? c.json({ message: error.message }, 422)
    : c.json({ message: 'stand-in failed' }, 500),
)

app.route('/', pushService)

app.post('/emails', async (c) => {
  if (!/^Bearer .+/.test(c.req.header('authorization') ?? ''))
    return c.json({ message: 'Missing API Key' }, 401)
  const { to, subject, text } = SendRequest.parse(await c.req.json())
  const mailbox = mailboxOf(c.env)
  const behaviour = await mailbox.nextBehaviour()
  if (behaviour.kind === 'refuse') return refusedAs(behaviour.status)
  if (behaviour.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, behaviour.delayMs))
  const key = c.req.header('idempotency-key')
  for (const recipient of [to].flat()) {
    const mail = { to: recipient.toLowerCase(), subject, text, at: toIso(nowMs()) }
    await mailbox.deliver(key === undefined ? null : `${key} ${mail.to}`, mail)
    if (behaviour.kind === 'repeat') await mailbox.deliver(null, mail)
  }
  return behaviour.kind === 'lose' ? refusedAs(504) : c.json({ id: crypto.randomUUID() })
})

app.get('/dev/mail', async (c) => {
  const to = c.req.query('to')?.trim().toLowerCase() ?? null
  c.header('cache-control', 'no-store')
  return c.json({ items: await mailboxOf(c.env).list(to, SHOWN_MAX) })
})

app.post('/dev/mail/behaviour', async (c) => {
  await mailboxOf(c.env).behave(BehaviourRequest.parse(await c.req.json()))
  return c.body(null, 204)
})

portOneRoutes(app)
checkoutRoutes(app)
bankRoutes(app)

const refusedAs = (status: number) => Response.json({ message: 'refused by the stand-in' }, { status })

const mailboxOf = (env: StandInsEnv) => readEnv(StandInsEnv, env).MAILBOX.getByName('everyone')
