import { ascii, concat, fourCharacters, hasText, slice, viewOf } from './bytes.ts'
import { type Cleaned, refuse } from './clean-image.ts'
import { PIECES_MAX, refusalByPixels } from './limits.ts'
import { readOrientation, upright, writeOrientation } from './orientation.ts'

const RIFF_HEADER_BYTES = 12
const FLAG = { icc: 0x20, alpha: 0x10, exif: 0x08, animation: 0x02 } as const

type Chunk = { type: string; data: Uint8Array }
type Picture = { chunk: Chunk; width: number; height: number; hasAlpha: boolean }
type Canvas = { width: number; height: number; isAnimated: boolean }

/** Walks the chunks inside the length that RIFF states; what stands behind it is left out. */
export function cleanWebp(bytes: Uint8Array): Cleaned {
  const inside = slice(bytes, 0, viewOf(bytes).getUint32(4, true) + 8)
  const chunks = [...chunksOf(inside)]
  const first = chunks[0]
  const canvas = first?.type === 'VP8X' ? canvasOf(first.data) : undefined
  if (canvas) {
    const refusal = refusalByPixels(canvas.width, canvas.height)
    if (refusal) return refuse(refusal)
  }
  if (canvas?.isAnimated || chunks.some(({ type }) => type === 'ANIM' || type === 'ANMF')) {
    return refuse('IMAGE_ANIMATED')
  }
  const pictures = chunks.filter(({ type }) => type === 'VP8 ' || type === 'VP8L')
  const [only] = pictures
  if (!only || pictures.length > 1) return refuse('IMAGE_BROKEN')
  const picture = pictureOf(only)
  if (!picture) return refuse('IMAGE_BROKEN')
  const refusal = refusalByPixels(picture.width, picture.height)
  if (refusal) return refuse(refusal)
  // The header says one size to us and the picture another to the decoder: that is how bombs are smuggled in.
  if (canvas && (canvas.width !== picture.width || canvas.height !== picture.height)) {
    return refuse('IMAGE_BROKEN')
  }
  return finish(picture, canvas ? chunks : [])
}

function* chunksOf(riff: Uint8Array): Generator<Chunk> {
  let at = RIFF_HEADER_BYTES
  for (let pieces = 0; at < riff.length; pieces++) {
    if (pieces === PIECES_MAX) throw new RangeError('too many chunks')
    const length = viewOf(riff).getUint32(at + 4, true)
    yield { type: fourCharacters(riff, at), data: slice(riff, at + 8, length) }
    at += 8 + length + (length % 2)
  }
}

function canvasOf(data: Uint8Array): Canvas {
  const view = viewOf(data)
  const side = (at: number) => 1 + view.getUint16(at, true) + (view.getUint8(at + 2) << 16)
  return { width: side(4), height: side(7), isAnimated: (view.getUint8(0) & FLAG.animation) !== 0 }
}

/** Size from the picture's own first bytes: a VP8 key frame, or a VP8L header of version 0. */
function pictureOf(chunk: Chunk): Picture | undefined {
  const view = viewOf(chunk.data)
  if (chunk.type === 'VP8L') {
    const header = view.getUint32(1, true)
    if (view.getUint8(0) !== 0x2f || header >>> 29 !== 0) return undefined
    return {
      chunk,
      width: (header & 0x3fff) + 1,
      height: ((header >>> 14) & 0x3fff) + 1,
      hasAlpha: ((header >>> 28) & 1) === 1,
    }
  }
  const tag = view.getUint8(0) | (view.getUint8(1) << 8) | (view.getUint8(2) << 16)
  const isKeyFrame = (tag & 1) === 0 && hasText(chunk.data, 3, '\x9d\x01\x2a')
  if (!isKeyFrame || tag >> 5 > chunk.data.length - 10) return undefined
  return {
    chunk,
    width: view.getUint16(6, true) & 0x3fff,
    height: view.getUint16(8, true) & 0x3fff,
    hasAlpha: false,
  }
}

function finish(picture: Picture, extras: readonly Chunk[]): Cleaned {
  const extra = (type: string) => extras.find((chunk) => chunk.type === type)
  const icc = extra('ICCP')
  const alpha = picture.chunk.type === 'VP8 ' ? extra('ALPH') : undefined
  const exif = extra('EXIF')
  const orientation = exif ? readOrientation(tiffOf(exif.data)) : 1
  const needsCanvas = icc || alpha || orientation !== 1
  const flags =
    (icc ? FLAG.icc : 0) | (alpha || picture.hasAlpha ? FLAG.alpha : 0) | (orientation === 1 ? 0 : FLAG.exif)
  const body = concat([
    ascii('WEBP'),
    ...(needsCanvas ? [chunkOf('VP8X', canvasData(picture, flags))] : []),
    ...(icc ? [chunkOf('ICCP', icc.data)] : []),
    ...(alpha ? [chunkOf('ALPH', alpha.data)] : []),
    chunkOf(picture.chunk.type, picture.chunk.data),
    ...(orientation === 1 ? [] : [chunkOf('EXIF', writeOrientation(orientation))]),
  ])
  const { width, height } = upright(picture.width, picture.height, orientation)
  return { ok: true, image: { format: 'webp', width, height, orientation, bytes: chunkOf('RIFF', body) } }
}

/** Some writers put JPEG's `Exif\0\0` in front of the TIFF block. */
const tiffOf = (exif: Uint8Array) => (hasText(exif, 0, 'Exif\0\0') ? exif.subarray(6) : exif)

function canvasData({ width, height }: Picture, flags: number): Uint8Array {
  const data = new Uint8Array(10)
  data[0] = flags
  const view = viewOf(data)
  view.setUint16(4, (width - 1) & 0xffff, true)
  view.setUint16(7, (height - 1) & 0xffff, true)
  return data
}

function chunkOf(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunk = concat([ascii(type), new Uint8Array(4), data, new Uint8Array(data.length % 2)])
  viewOf(chunk).setUint32(4, data.length, true)
  return chunk
}
