import { z } from 'zod'
import type { Account } from './browser-person.ts'
import { unique } from './platform.ts'

const Session = z.object({ accessToken: z.string() })
const Posted = z.object({ id: z.string() })
const Page = z.object({ items: z.array(z.object({ id: z.string(), title: z.string() })) })

export type Fields = { title: string; description?: string; price?: number; category?: string }

/** The public API for what a story needs to be there before it begins; what the story is about goes through the pages. */
export async function apiOf(origin: string, account: Account) {
  const call = async (method: string, path: string, body?: unknown, extra: Record<string, string> = {}) => {
    const reply = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...extra },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`)
    return await reply.json()
  }
  const session = await call('POST', '/auth/sign-in', { login: account.loginId, password: account.password })
  const authorization = `Bearer ${Session.parse(session).accessToken}`

  return {
    /** Posts a thing without photos and returns its path. */
    async post({
      title,
      description = '깨끗해요.',
      price = 10_000,
      category = 'living',
    }: Fields): Promise<string> {
      const thing = { title, description, price, category }
      const key = { authorization, 'idempotency-key': unique('k') }
      return `/listings/${Posted.parse(await call('POST', '/listings', thing, key)).id}`
    },
    /** The titles of everything this member has on offer, hidden things too. */
    async titles(): Promise<string[]> {
      const page = Page.parse(await call('GET', '/me/listings?limit=50', undefined, { authorization }))
      return page.items.map(({ title }) => title)
    },
  }
}
