import type { MiddlewareHandler } from 'hono'
import { SECOND_MS } from './clock.ts'

/** More than the largest thing anybody may send; who sends on after this is cut off. */
const PASSED_OVER_BYTES_MAX = 24 * 1024 * 1024
const PASSING_OVER_MS = 60 * SECOND_MS

/**
 * Who is refused by the head of their request still sends its body, and the runtime cuts the connection of one that is answered meanwhile:
 * what nobody read is passed over first, up to a bound.
 */
export const passOverUnread: MiddlewareHandler = async (c, next) => {
  const { body } = c.req.raw
  await next()
  await passOver(body)
}

/** Reads what is left of a request's body, and throws it away; nothing to do when somebody else reads it or has. */
export async function passOver(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (body === null || body.locked) return
  const reader = body.getReader()
  const timer = setTimeout(() => reader.cancel('too slow').catch(() => undefined), PASSING_OVER_MS)
  try {
    let bytes = 0
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      bytes += piece.value.length
      if (bytes > PASSED_OVER_BYTES_MAX) return await reader.cancel('too much')
    }
  } catch {
    // The sender went away: there is nobody left to answer.
  } finally {
    clearTimeout(timer)
  }
}
