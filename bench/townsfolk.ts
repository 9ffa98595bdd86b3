import { z } from 'zod'
import type { Role } from '#contracts/call'

const Made = z.object({ id: z.string() })

export type Member = { id: string; token: string }
export type Sign = (memberId: string, seconds?: number, role?: Role) => Promise<string>

/** Accounts as the demo town's are made, each with a token of its own for an hour. */
export async function makeMembers(
  origin: string,
  sign: Sign,
  kind: string,
  count: number,
): Promise<Member[]> {
  const members: Member[] = []
  for (let index = 0; index < count; index++) {
    const { id } = Made.parse(
      await post(origin, '/dev/members', {
        loginId: `${kind}${index}`,
        email: `${kind}${index}@example.com`,
        password: 'madang-bench-1',
        nickname: `${kind}${index}`,
      }),
    )
    members.push({ id, token: await sign(id, 3_600) })
  }
  return members
}

/** A question that must be answered well; anything else ends the benchmark. */
export async function post(origin: string, path: string, body: object, token?: string): Promise<unknown> {
  const response = await fetch(origin + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify(body),
  })
  if (!response.ok)
    throw new Error(`${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
  return await response.json()
}
