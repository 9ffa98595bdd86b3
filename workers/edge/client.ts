import { DAY_MS, nowMs } from '#kit/clock'

/** Who is at the other end of the connection, as far as an address tells. */
export type Client = { ip: string; userAgent: string }

const LOOPBACK = '127.0.0.1'
const USER_AGENT_LENGTH_MAX = 200

/** In production the platform writes `cf-connecting-ip`; whoever runs this locally comes from the loopback. */
export const clientOf = (headers: Headers): Client => ({
  ip: headers.get('cf-connecting-ip') ?? LOOPBACK,
  userAgent: (headers.get('user-agent') ?? '').slice(0, USER_AGENT_LENGTH_MAX),
})

/** Nobody on the internet has a loopback address; a developer's own machine is not rate limited. */
export const isLoopback = ({ ip }: Client): boolean => ip === LOOPBACK || ip === '::1'

const VISITORS_MAX = 5_000
const visitors = new Map<string, string>()
let visitorsDay = -1

/** The key of a client that was asked for before, without a turn of the event loop. */
export function rememberedVisitor({ ip, userAgent }: Client): string | undefined {
  const day = Math.floor(nowMs() / DAY_MS)
  if (day !== visitorsDay || visitors.size >= VISITORS_MAX) {
    visitors.clear()
    visitorsDay = day
  }
  return visitors.get(`${ip}|${userAgent}`)
}

/** An opaque key of a client, the same for a day and meaningless after it: what views are counted by. */
export async function visitorOf(client: Client, visitorSecret: string): Promise<string> {
  const known = rememberedVisitor(client)
  if (known !== undefined) return known
  const source = `${client.ip}|${client.userAgent}`
  const digest = await crypto.subtle.digest(
    'SHA-256',
    new TextEncoder().encode(`${visitorSecret}|${visitorsDay}|${source}`),
  )
  const visitor = Array.from(new Uint8Array(digest, 0, 12), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
  visitors.set(source, visitor)
  return visitor
}
