const TICK_EVERY_MS = 60_000
const TICK_DEADLINE_MS = 30_000
/** The local queues are memory: after a start the outboxes send again what they sent in the last minutes. */
const RESEND_MS = 10 * 60_000

/**
 * Calls the minute tick that cron calls on Cloudflare. The first one also makes the outboxes send again what a runtime that
 * was killed may have lost. A tick that fails is said and followed by the next one a minute later.
 */
export function tickEveryMinute(origin: string, complain: (line: string) => void): { stop: () => void } {
  const tick = (resendSentSinceMs?: number) =>
    tickOnce(origin, resendSentSinceMs).catch((error: unknown) =>
      complain(`the minute tick failed: ${error instanceof Error ? error.message : String(error)}`),
    )
  void tick(Date.now() - RESEND_MS)
  const timer = setInterval(() => void tick(), TICK_EVERY_MS)
  return { stop: () => clearInterval(timer) }
}

/** One tick, waited for. Running it twice at once only does the same work twice. */
export async function tickOnce(origin: string, resendSentSinceMs?: number): Promise<void> {
  const reply = await fetch(`${origin}/dev/tick`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(resendSentSinceMs === undefined ? {} : { resendSentSinceMs }),
    signal: AbortSignal.timeout(TICK_DEADLINE_MS),
  })
  await reply.body?.cancel()
  if (!reply.ok) throw new Error(`the edge answered ${reply.status}`)
}
