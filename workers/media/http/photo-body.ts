import type { MiddlewareHandler } from 'hono'
import type { Refusal, Result } from '#contracts/errors'
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
 * Refuses by the head what needs no reading, then reads the body up to the limit and not a byte further, whatever length it claims. It
 * stands before everything that reads bodies whole.
 */
export const photoBody =
  <Bindings>(): MiddlewareHandler<AppEnv<Bindings>> =>
  async (c, next) => {
    const refused = refusalByHead(c.req.raw.headers)
    if (refused) return refusal(c, refused)
    const body = await readBounded(c.req.raw.body, IMAGE_BYTES_MAX)
    if (!body.ok) return refusal(c, body.refusal)
    const { url, method, headers } = c.req.raw
    c.req.raw = new Request(url, { method, headers, body: body.value })
    return await next()
  }

function refusalByHead(headers: Headers): Refusal | undefined {
  if (declaredFormat(headers.get('content-type') ?? undefined) === undefined) {
    return { code: 'IMAGE_TYPE_UNSUPPORTED' }
  }
  // A compressed body is a bomb waiting; photos are compressed already.
  if (headers.has('content-encoding')) return { code: 'IMAGE_TYPE_UNSUPPORTED' }
  const length = headers.get('content-length')
  if (length === null || !/^\d{1,15}$/.test(length)) return { code: 'LENGTH_REQUIRED' }
  return Number(length) > IMAGE_BYTES_MAX ? { code: 'IMAGE_TOO_LARGE' } : undefined
}

async function readBounded(
  body: ReadableStream | null,
  bytesMax: number,
): Promise<Result<Uint8Array<ArrayBuffer>>> {
  if (!body) return ok(new Uint8Array())
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader()
  const timer = setTimeout(() => reader.cancel('too slow').catch(() => undefined), BODY_DEADLINE_MS)
  const pieces: Uint8Array[] = []
  let length = 0
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      length += piece.value.length
      if (length > bytesMax) {
        await reader.cancel('too large')
        return refuse('IMAGE_TOO_LARGE')
      }
      pieces.push(piece.value)
    }
  } finally {
    clearTimeout(timer)
  }
  return ok(joined(pieces, length))
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
