import { crc32 } from 'node:zlib'
import { ascii, concat, fourCharacters, slice, viewOf } from './bytes.ts'
import { type Cleaned, refuse } from './clean-image.ts'
import { PIECES_MAX, refusalByPixels } from './limits.ts'
import { type Orientation, readOrientation, upright, writeOrientation } from './orientation.ts'

const SIGNATURE_BYTES = 8
/** Pixels and how they look. Texts, times, EXIF and every private chunk go. */
const KEPT: ReadonlySet<string> = new Set([
  'PLTE',
  'IDAT',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'iCCP',
  'cICP',
  'sBIT',
  'bKGD',
  'pHYs',
])
const ANIMATION: ReadonlySet<string> = new Set(['acTL', 'fcTL', 'fdAT'])
/** Bit depths that the standard allows for each colour type. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
}

type Chunk = { type: string; whole: Uint8Array; data: Uint8Array }

/** Walks the chunks up to IEND, checking each checksum; what stands behind IEND is left out. */
export function cleanPng(bytes: Uint8Array): Cleaned {
  const header = chunkAt(bytes, SIGNATURE_BYTES)
  const refusal = refusalByHeader(header)
  if (refusal) return refusal
  const kept: Uint8Array[] = []
  let orientation: Orientation | undefined
  let pixels: 'none' | 'running' | 'ended' = 'none'
  let hasPalette = false
  let at = SIGNATURE_BYTES + header.whole.length
  for (let pieces = 0; pieces < PIECES_MAX; pieces++) {
    const chunk = chunkAt(bytes, at)
    at += chunk.whole.length
    if (chunk.type === 'IEND') {
      const paletteMissing = header.data[9] === 3 && !hasPalette
      if (pixels === 'none' || paletteMissing || chunk.data.length > 0) return refuse('IMAGE_BROKEN')
      return finish(header, orientation ?? 1, [...kept, chunk.whole])
    }
    if (ANIMATION.has(chunk.type)) return refuse('IMAGE_ANIMATED')
    if (chunk.type === 'eXIf') orientation ??= readOrientation(chunk.data)
    if (chunk.type === 'PLTE') hasPalette = true
    if (chunk.type === 'IDAT') {
      if (pixels === 'ended') return refuse('IMAGE_BROKEN')
      pixels = 'running'
    } else if (pixels === 'running') pixels = 'ended'
    if (KEPT.has(chunk.type)) kept.push(chunk.whole)
    else if (isCritical(chunk.type)) return refuse('IMAGE_BROKEN')
  }
  return refuse('IMAGE_BROKEN')
}

/** A decoder may not skip a chunk whose name begins with a capital. */
const isCritical = (type: string) => /^[A-Z]/.test(type)

function chunkAt(bytes: Uint8Array, at: number): Chunk {
  const view = viewOf(bytes)
  const length = view.getUint32(at)
  const type = fourCharacters(bytes, at + 4)
  const whole = slice(bytes, at, length + 12)
  if (crc32(whole.subarray(4, length + 8)) !== view.getUint32(at + 8 + length)) {
    throw new RangeError('wrong checksum')
  }
  return { type, whole, data: whole.subarray(8, length + 8) }
}

function refusalByHeader({ type, data }: Chunk): Cleaned | undefined {
  if (type !== 'IHDR' || data.length !== 13) return refuse('IMAGE_BROKEN')
  const view = viewOf(data)
  const byPixels = refusalByPixels(view.getUint32(0), view.getUint32(4))
  if (byPixels) return refuse(byPixels)
  const [depth = 0, colour = 0, compression, filter, interlace = 2] = data.subarray(8)
  const isStandard =
    (DEPTHS[colour]?.includes(depth) ?? false) && compression === 0 && filter === 0 && interlace <= 1
  return isStandard ? undefined : refuse('IMAGE_BROKEN')
}

function finish(header: Chunk, orientation: Orientation, rest: readonly Uint8Array[]): Cleaned {
  const view = viewOf(header.data)
  const bytes = concat([
    ascii('\x89PNG\r\n\x1a\n'),
    header.whole,
    ...(orientation === 1 ? [] : [chunkOf('eXIf', writeOrientation(orientation))]),
    ...rest,
  ])
  return {
    ok: true,
    image: {
      format: 'png',
      ...upright(view.getUint32(0), view.getUint32(4), orientation),
      orientation,
      bytes,
    },
  }
}

function chunkOf(type: string, data: Uint8Array): Uint8Array {
  const body = concat([ascii(type), data])
  const chunk = concat([new Uint8Array(4), body, new Uint8Array(4)])
  viewOf(chunk).setUint32(0, data.length)
  viewOf(chunk).setUint32(4 + body.length, crc32(body))
  return chunk
}
