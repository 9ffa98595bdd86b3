import type { MiddlewareHandler } from 'hono'
import type { Result } from '#contracts/errors'
import { IMAGE_BYTES_MAX } from '#contracts/media'
import { type AppEnv, refusal } from '#kit/app'
import { SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { ImageFormat } from '../image/clean-image.ts'

/** 10 MB over a slow mobile link take this long; a sender that is slower holds a connection and brings nothing. */
const BODY_DEADLINE_MS = 60 * SECOND_MS

const DECLARED: Readonly<Record<string, ImageFormat | null>> = {
  '': null,
  'application/octet-stream': null,
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/avif': 'avif',
}

/** What the sender says the body is; undefined when it is nothing we take. */
export function declaredFormat(contentType: string | undefined): ImageFormat | null | undefined {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  return Object.hasOwn(DECLARED, type) ? DECLARED[type] : undefined
}

/**
 * Refuses by the head what needs no reading, then reads the body up to the length it claims and not a byte further. It stands before
 * everything that reads bodies whole.
 */
export const photoBody =
  <Bindings>(): MiddlewareHandler<AppEnv<Bindings>> =>
  async (c, next) => {
    const length = lengthByHead(c.req.raw.headers)
    if (!length.ok) return refusal(c, length.refusal)
    const body = await readExactly(c.req.raw.body, length.value)
    if (!body.ok) return refusal(c, body.refusal)
    const { url, method, headers } = c.req.raw
    c.req.raw = new Request(url, { method, headers, body: body.value })
    return await next()
  }

function lengthByHead(headers: Headers): Result<number> {
  if (declaredFormat(headers.get('content-type') ?? undefined) === undefined) {
    return refuse('IMAGE_TYPE_UNSUPPORTED')
  }
  // A compressed body is a bomb waiting; photos are compressed already.
  if (headers.has('content-encoding')) return refuse('IMAGE_TYPE_UNSUPPORTED')
  const length = headers.get('content-length')
  if (length === null || !/^\d{1,15}$/.test(length)) return refuse('LENGTH_REQUIRED')
  return Number(length) > IMAGE_BYTES_MAX ? refuse('IMAGE_TOO_LARGE') : ok(Number(length))
}

/**
 * Reads a body of a known length into one piece of memory: several uploads share 128 MB. One that brings less or more than it said,
 * or does not end in time, is broken.
 */
async function readExactly(
  body: ReadableStream<Uint8Array> | null,
  length: number,
): Promise<Result<Uint8Array<ArrayBuffer>>> {
  const whole = new Uint8Array(length)
  if (!body) return length === 0 ? ok(whole) : refuse('IMAGE_BROKEN')
  const reader = body.getReader()
  const timer = setTimeout(() => reader.cancel('too slow').catch(() => undefined), BODY_DEADLINE_MS)
  let at = 0
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (at + piece.value.length > length) {
        await reader.cancel('longer than it said')
        return refuse('IMAGE_BROKEN')
      }
      whole.set(piece.value, at)
      at += piece.value.length
    }
  } finally {
    clearTimeout(timer)
  }
  return at === length ? ok(whole) : refuse('IMAGE_BROKEN')
}
