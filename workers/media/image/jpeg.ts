import { ascii, concat, hasText, slice, viewOf } from './bytes.ts'
import { type Cleaned, refuse } from './clean-image.ts'
import { PIECES_MAX, refusalByPixels } from './limits.ts'
import { type Orientation, readOrientation, upright, writeOrientation } from './orientation.ts'

const MARKER = { SOI: 0xd8, EOI: 0xd9, SOS: 0xda, DQT: 0xdb, DHT: 0xc4, DRI: 0xdd, COM: 0xfe } as const
const APP0 = 0xe0
const APP1 = 0xe1
const APP2 = 0xe2
const APP14 = 0xee
/** Baseline, extended and progressive: what every browser decodes. Lossless, hierarchical and arithmetic JPEG are not photos. */
const FRAMES_TAKEN: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2])
const FRAMES_KNOWN: ReadonlySet<number> = new Set([
  0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf, 0xde,
])
/** A progressive photo has about ten scans. Each costs the decoder a pass over the whole picture, however short it is. */
const SCANS_MAX = 100
const JFIF_BYTES = 14
const ADOBE_BYTES = 12

type Segment = { marker: number; payload: Uint8Array }
type Frame = { width: number; height: number }
/** What is kept, in the order it will be written: JFIF, orientation, then everything else as it stood. */
type Kept = { jfif?: Uint8Array; exif?: Uint8Array; frame?: Frame; scans: number; rest: Uint8Array[] }

/** Walks the segments up to the end-of-image marker; what stands behind it (a ZIP, a video, HTML) is left out. */
export function cleanJpeg(bytes: Uint8Array): Cleaned {
  const kept: Kept = { scans: 0, rest: [] }
  let at = 2
  for (let pieces = 0; pieces < PIECES_MAX; pieces++) {
    const markerAt = skipFill(bytes, at)
    const marker = viewOf(bytes).getUint8(markerAt)
    if (marker === MARKER.EOI) return finish(kept)
    if (isBare(marker)) return refuse('IMAGE_BROKEN')
    const segment = { marker, payload: payloadAt(bytes, markerAt + 1) }
    const refusal = keep(kept, segment)
    if (refusal) return refusal
    at = markerAt + 3 + segment.payload.length
    if (marker === MARKER.SOS) {
      const end = entropyEnd(bytes, at)
      kept.rest.push(bytes.subarray(at, end))
      at = end
    }
  }
  return refuse('IMAGE_BROKEN')
}

/** Markers without a length do not stand between segments. */
const isBare = (marker: number) => marker <= 0x01 || (marker >= 0xd0 && marker <= MARKER.SOI)

/** The place of the marker's second byte: any number of 0xff may stand before it. */
function skipFill(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0xff) throw new RangeError('no marker where one must be')
  let next = at + 1
  while (bytes[next] === 0xff) next++
  return next
}

function payloadAt(bytes: Uint8Array, lengthAt: number): Uint8Array {
  const length = viewOf(bytes).getUint16(lengthAt)
  return slice(bytes, lengthAt + 2, length - 2)
}

/** Compressed data run until a marker that is neither a stuffed 0xff00 nor a restart. */
function entropyEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]
    if (next === undefined) break
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  throw new RangeError('the picture is cut off')
}

function keep(kept: Kept, { marker, payload }: Segment): Cleaned | undefined {
  if (FRAMES_TAKEN.has(marker)) return keepFrame(kept, marker, payload)
  if (FRAMES_KNOWN.has(marker)) return refuse('IMAGE_TYPE_UNSUPPORTED')
  if (marker === MARKER.SOS) {
    kept.scans++
    if (!kept.frame || kept.scans > SCANS_MAX) return refuse('IMAGE_BROKEN')
    kept.rest.push(segmentOf(marker, payload))
  } else if (marker === MARKER.DQT || marker === MARKER.DHT || marker === MARKER.DRI) {
    kept.rest.push(segmentOf(marker, payload))
  } else if (marker >= APP0 && marker <= 0xef) {
    keepApplication(kept, marker, payload)
  } else if (marker !== MARKER.COM) {
    return refuse('IMAGE_BROKEN')
  }
  return undefined
}

function keepFrame(kept: Kept, marker: number, payload: Uint8Array): Cleaned | undefined {
  if (kept.frame) return refuse('IMAGE_BROKEN')
  const view = viewOf(payload)
  const frame = { width: view.getUint16(3), height: view.getUint16(1) }
  const components = view.getUint8(5)
  if (components < 1 || components > 4 || payload.length !== 6 + 3 * components) return refuse('IMAGE_BROKEN')
  const refusal = refusalByPixels(frame.width, frame.height)
  if (refusal) return refuse(refusal)
  kept.frame = frame
  kept.rest.push(segmentOf(marker, payload))
  return undefined
}

/** Of what applications add, only what changes how the pixels look: JFIF, the colour profile, Adobe's colour transform. */
function keepApplication(kept: Kept, marker: number, payload: Uint8Array) {
  if (marker === APP0 && hasText(payload, 0, 'JFIF\0') && payload.length >= JFIF_BYTES) {
    kept.jfif ??= jfifWithoutThumbnail(payload)
  } else if (marker === APP1 && hasText(payload, 0, 'Exif\0')) {
    kept.exif ??= payload.subarray(6)
  } else if (marker === APP2 && hasText(payload, 0, 'ICC_PROFILE\0')) {
    kept.rest.push(segmentOf(marker, payload))
  } else if (marker === APP14 && hasText(payload, 0, 'Adobe') && payload.length >= ADOBE_BYTES) {
    kept.rest.push(segmentOf(marker, payload.subarray(0, ADOBE_BYTES)))
  }
}

function jfifWithoutThumbnail(payload: Uint8Array): Uint8Array {
  const jfif = payload.slice(0, JFIF_BYTES)
  jfif[12] = 0
  jfif[13] = 0
  return jfif
}

function finish({ jfif, exif, frame, scans, rest }: Kept): Cleaned {
  if (!frame || scans === 0) return refuse('IMAGE_BROKEN')
  const orientation: Orientation = exif ? readOrientation(exif) : 1
  const bytes = concat([
    Uint8Array.of(0xff, MARKER.SOI),
    ...(jfif ? [segmentOf(APP0, jfif)] : []),
    ...(orientation === 1
      ? []
      : [segmentOf(APP1, concat([ascii('Exif\0\0'), writeOrientation(orientation)]))]),
    ...rest,
    Uint8Array.of(0xff, MARKER.EOI),
  ])
  return {
    ok: true,
    image: { format: 'jpeg', ...upright(frame.width, frame.height, orientation), orientation, bytes },
  }
}

function segmentOf(marker: number, payload: Uint8Array): Uint8Array {
  const length = payload.length + 2
  return concat([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), payload])
}
