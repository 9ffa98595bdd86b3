import { z } from 'zod'

/** What somebody meant to do, under the key by which it may be sent again and again. */
export type Intent = { mark: string; kind: 'listing' | 'message' | 'transfer' }
/** What stood in the way of one try: no whole answer, or an answer that was none of its own. */
export type Trouble = { status: number; code: string; retryAfter: string | null } | 'cut off'
export type Sent = Intent & { acked: boolean; troubles: Trouble[] }

const Coded = z.object({ code: z.string() })

/** Answers that say to try again, and mean it. */
const isRetryable = (trouble: Trouble): boolean =>
  trouble === 'cut off' ||
  (trouble.retryAfter !== null && (trouble.status === 503 || trouble.code === 'REQUEST_IN_FLIGHT'))

/** One try: acknowledged, or what stood in the way. An answer cut off after its head confirms nothing. */
export async function tried(request: () => Promise<Response>): Promise<'acked' | Trouble> {
  const response = await request().catch(() => null)
  const text = await response?.text().catch(() => null)
  if (!response || text === null || text === undefined) return 'cut off'
  const json = parsed(text)
  if (response.ok) return json === undefined ? 'cut off' : 'acked'
  const code = Coded.safeParse(json).data?.code ?? text.slice(0, 80)
  return { status: response.status, code, retryAfter: response.headers.get('retry-after') }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * What is wrong after restarts under load: an acknowledged thing that is not there, or there twice, one nobody meant, and an
 * answer that told a client anything but to try again. Nothing wrong: an empty list.
 */
export function faultsOf(sent: readonly Sent[], there: readonly string[]): string[] {
  const times = Map.groupBy(there, (mark) => mark)
  const meant = new Set(sent.map(({ mark }) => mark))
  return [
    ...sent.flatMap(({ mark, kind, acked, troubles }) => [
      ...troubles
        .filter((trouble) => !isRetryable(trouble))
        .map((trouble) => `${kind} ${mark} met ${JSON.stringify(trouble)}`),
      ...(acked ? [] : [`${kind} ${mark} was never acknowledged`]),
      ...(acked && times.get(mark)?.length !== 1
        ? [`${kind} ${mark} is there ${times.get(mark)?.length ?? 0} times`]
        : []),
    ]),
    ...[...times.keys()].filter((mark) => !meant.has(mark)).map((mark) => `nobody meant ${mark}`),
  ]
}
