import { z } from 'zod'
import { newOperator, openPlatform, type SignedUp, unique } from '../../support/platform.ts'

const WithId = z.object({ id: z.string() })
const WithCode = z.object({ code: z.string() })
const Items = z.object({ items: z.array(z.looseObject({ id: z.string() })) })

/** A platform with an operator, and the steps that these tests repeat. */
export async function openYard() {
  const platform = await openPlatform()
  const { memberId, accessToken } = await newOperator(platform)
  const operator = { id: memberId, token: accessToken }

  async function post(seller: SignedUp, title = '원목 책상'): Promise<string> {
    const json = { title, description: '튼튼해요', category: 'furniture', price: 30_000 }
    const posted = await platform.call('POST', 'listings', { token: seller.accessToken, json })
    return WithId.parse(posted.json).id
  }

  const report = (by: SignedUp, target: object, rule = 'fraud', text?: string) =>
    platform.call('POST', 'reports', {
      token: by.accessToken,
      json: { target, rule, ...(text === undefined ? {} : { text }) },
    })

  /** The case about a thing that this member just reported. */
  async function caseOf(by: SignedUp, target: object): Promise<string> {
    await report(by, target)
    const queue = await platform.call('GET', 'operator/cases?limit=50', { token: operator.token })
    const wanted = JSON.stringify(target)
    const found = Items.parse(queue.json).items.find((item) => JSON.stringify(item.target) === wanted)
    if (!found) throw new Error(`no case about ${wanted}: ${queue.text}`)
    return found.id
  }

  const decide = (caseId: string, verdict: object, key = unique('k')) =>
    platform.call('POST', `operator/cases/${caseId}/decision`, {
      token: operator.token,
      json: { rule: 'fraud', reason: '가짜 물건으로 보여요', ...verdict },
      idempotencyKey: key,
    })

  const decisionsOf = async (member: SignedUp) =>
    Items.parse((await platform.call('GET', 'me/decisions', { token: member.accessToken })).json).items

  /** Past every cache: what a reader gets who asks anew. */
  const read = (path: string, token?: string) =>
    platform.call('GET', path, { headers: { 'cache-control': 'no-cache' }, ...(token ? { token } : {}) })

  async function factsOf(type: string): Promise<{ aggregateId: string; data: Record<string, unknown> }[]> {
    const { DB } = await moderation().getEnv()
    const { results } = await DB.prepare('SELECT event FROM outbox WHERE type = ? ORDER BY rowid')
      .bind(type)
      .all<{ event: string }>()
    return results.map(({ event }) => Fact.parse(JSON.parse(event)))
  }
  const moderation = () => platform.server.getWorker<{ DB: D1Database }>('madang-moderation')

  return {
    ...platform,
    ...{ operator, post, report, caseOf, decide, decisionsOf, read, factsOf },
    db: async () => (await moderation().getEnv()).DB,
  }
}
const Fact = z.object({ aggregateId: z.string(), data: z.record(z.string(), z.unknown()) })

export type Yard = Awaited<ReturnType<typeof openYard>>

/** The code of a refusal, or what came instead of one. */
export const codeOf = (reply: { status: number; json: unknown }): string =>
  WithCode.safeParse(reply.json).data?.code ?? `${reply.status}`
export const idOf = (reply: { json: unknown }): string => WithId.parse(reply.json).id
