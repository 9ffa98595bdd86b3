import { z } from 'zod'
import { Problem, type Result } from '#contracts/errors'
import { Session } from '#contracts/identity'
import { eventually, unique } from '../../support/platform.ts'
import { type Answer, neighboursOf, startAlone } from '../../support/worker-alone.ts'

const Mails = z.object({ items: z.array(z.object({ subject: z.string(), text: z.string() })) })
const Work = z.object({ passwordHashes: z.int(), throttleCalls: z.int() })

const Answered = z.custom<Result<unknown>>((value) => z.object({ ok: z.boolean() }).safeParse(value).success)

export type Reply = Answer
export type CallInit = {
  json?: unknown
  token?: string
  ip?: string
  headers?: Record<string, string>
}
export type NewAccount = { loginId: string; email: string; nickname: string; password: string }

/** Identity and its mail provider alone in workerd, asked as the edge would ask: tests choose the address a call comes from. */
export async function startIdentity() {
  const alone = await startAlone({
    domain: 'identity',
    neighbours: ['MEDIA', 'PAYMENTS'],
    entrypoint: 'IdentityRpc',
    // Webhooks of the stand-ins are nobody's here.
    beside: [
      {
        configPath: 'workers/stand-ins/wrangler.toml',
        bindingOverrides: { EDGE: neighboursOf('identity') },
      },
    ],
  })
  const { server, worker, db, neighbours, close } = alone

  const call = (method: string, path: string, { ip, headers, ...asked }: CallInit = {}): Promise<Reply> =>
    alone.call(method, path, {
      ...asked,
      headers: {
        ...headers,
        'x-madang-ip': ip ?? '127.0.0.1',
        'x-madang-visitor': `visitor-of-${ip ?? 'home'}`,
      },
    })

  const post = (path: string, json: unknown, init: CallInit = {}) => call('POST', path, { ...init, json })

  /** Letters to an address, newest first. */
  async function mailTo(address: string) {
    const reply = await server
      .getWorker('madang-stand-ins')
      .fetch(`/dev/mail?to=${encodeURIComponent(address)}`)
    return Mails.parse(await reply.json()).items
  }

  /** The code of the newest letter, once there are `letters` of them. */
  const codeTo = (address: string, letters = 1) =>
    eventually(async () => {
      const mails = await mailTo(address)
      const code = /^\d{6}$/m.exec(mails[0]?.text ?? '')?.[0]
      if (mails.length < letters || !code) throw new Error(`no code for ${address} yet`)
      return code
    })

  /** How the mail provider behaves for the next deliveries. */
  async function mailBehaves(behaviour: Record<string, unknown>): Promise<void> {
    await server.getWorker('madang-stand-ins').fetch('/dev/mail/behaviour', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(behaviour),
    })
  }

  /** A confirmed, signed-in member by the public path. */
  async function join(account: NewAccount = newAccount(), init: CallInit = {}) {
    const started = await post('auth/sign-up', account, init)
    if (started.status !== 201) throw new Error(`sign-up: ${started.status} ${started.text}`)
    const code = await codeTo(account.email)
    const session = sessionIn(await post('auth/verify-email', { email: account.email, code }, init))
    return { ...account, ...session, memberId: session.member.id }
  }

  /** A confirmed member without mail. */
  async function makeMember(password = 'a shared phrase 9'): Promise<NewAccount & { memberId: string }> {
    const account = { ...newAccount(), password }
    const made = await post('/dev/members', account)
    return { ...account, memberId: z.object({ id: z.string() }).parse(made.json).id }
  }

  /** What the answers so far have cost. */
  const work = async () => Work.parse((await call('GET', '/dev/members/work')).json)

  /** The minute tick, now. */
  const tick = async () => await (await neighbours.fetch('/tick')).json()

  /** What other workers are told of members. */
  const facesOf = async (ids: string[]): Promise<unknown> =>
    await (await neighbours.fetch(`/members?ids=${ids.join(',')}`)).json()

  /** What moderation asks: to keep a member out, and to let them in again. */
  const asModeration = async (path: 'suspend' | 'lift', request: object): Promise<unknown> => {
    const body = JSON.stringify(request)
    return await (await neighbours.fetch(`/${path}`, { method: 'POST', body })).json()
  }

  /** What payments says from now on of a member who wants to leave. */
  const walletIs = async (memberId: string, is: 'full' | 'away' | 'empty'): Promise<void> => {
    await neighbours.fetch(`/wallet?member=${memberId}&is=${is}`)
  }

  /** What another worker asks of identity. */
  const asWorker = async (
    path: 'by-nickname' | 'check-password' | 'letter',
    body: string | object,
  ): Promise<Result<unknown>> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const reply = await neighbours.fetch(`/${path}`, { method: 'POST', body: text })
    return Answered.parse(await reply.json())
  }

  const signIn = (login: string, password: string, init: CallInit = {}) =>
    post('auth/sign-in', { login, password }, init)

  return {
    server,
    worker,
    db,
    call,
    post,
    mailTo,
    codeTo,
    mailBehaves,
    join,
    makeMember,
    asModeration,
    walletIs,
    asWorker,
    work,
    tick,
    facesOf,
    signIn,
    close,
  }
}

export type Identity = Awaited<ReturnType<typeof startIdentity>>

/** Names no other test uses. The password says nothing of them. */
export function newAccount(): NewAccount {
  const name = unique('t').slice(0, 20)
  return {
    loginId: name,
    email: `${name}@example.com`,
    nickname: name.slice(-16),
    password: 'maple-Yard-77-quiet',
  }
}

export const sessionIn = (reply: Reply) => Session.parse(reply.json)

/** The refusal's code, or the status when it was none. */
export const codeIn = (reply: Reply): string => {
  const problem = Problem.safeParse(reply.json)
  return problem.success ? problem.data.code : `no problem but ${reply.status}`
}
