import { z } from 'zod'
import type { Role } from '#contracts/call'

const Made = z.object({ id: z.string() })
const Charge = z.object({ id: z.string(), checkoutUrl: z.string() })

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

/** Money into a wallet, brought there as people do: through the stand-in of the provider. */
export async function topUp(origin: string, token: string, amount: number): Promise<void> {
  const { id, checkoutUrl } = Charge.parse(await post(origin, '/api/v1/wallet/charges', { amount }, token))
  const approve = await fetch(new URL(`${checkoutUrl}/approve`, origin), {
    method: 'POST',
    headers: { accept: 'application/json' },
  })
  await approve.body?.cancel()
  await post(origin, `/api/v1/wallet/charges/${id}/confirm`, {}, token)
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
