import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { ascii, concat, slice, viewOf } from './bytes.ts'

/**
 * Photos for tests: a picture whose top-left corner is red, so that "upright" can be seen, with everything planted in it that a camera
 * tells about its owner.
 */
export const SECRETS = ['SERIAL-0042', 'Minji Kim', 'Phone of Minji'] as const

type Format = 'jpeg' | 'png' | 'webp' | 'avif'

/** A stored picture of `width` × `height`: red in the top-left quarter, blue elsewhere. */
export async function picture(format: Format, width = 64, height = 48): Promise<Uint8Array> {
  const red = await sharp({
    create: { width: width / 2, height: height / 2, channels: 3, background: '#f00000' },
  })
    .png()
    .toBuffer()
  const whole = sharp({ create: { width, height, channels: 3, background: '#0000f0' } })
    .composite([{ input: red, left: 0, top: 0 }])
    .withIccProfile('srgb')
  if (format === 'avif')
    return new Uint8Array(await whole.withExif(EXIF_BY_SHARP).withXmp(XMP).avif().toBuffer())
  return new Uint8Array(await whole[format]().toBuffer())
}

export const XMP =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="Minji Kim"/></rdf:RDF></x:xmpmeta>'
const EXIF_BY_SHARP = {
  IFD0: { Make: 'Phone of Minji' },
  IFD2: { BodySerialNumber: 'SERIAL-0042' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '37/1 33/1 22/1' },
}

/** EXIF as a phone writes it: turned picture, maker, serial number, place, and a small second picture. */
export function phoneTiff(orientation: number, littleEndian = false): Uint8Array {
  const out = new Uint8Array(320)
  const view = viewOf(out)
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    view.setUint16(at, tag, littleEndian)
    view.setUint16(at + 2, type, littleEndian)
    view.setUint32(at + 4, count, littleEndian)
    if (type === 3) view.setUint16(at + 8, value, littleEndian)
    else view.setUint32(at + 8, value, littleEndian)
  }
  const directory = (at: number, entries: [number, number, number, number][], next: number) => {
    view.setUint16(at, entries.length, littleEndian)
    entries.forEach(([tag, type, count, value], i) => {
      entry(at + 2 + i * 12, tag, type, count, value)
    })
    view.setUint32(at + 2 + entries.length * 12, next, littleEndian)
  }
  out.set(ascii(littleEndian ? 'II' : 'MM'))
  view.setUint16(2, 42, littleEndian)
  view.setUint32(4, 8, littleEndian)
  directory(
    8,
    [
      [0x010f, 2, 15, 200],
      [0x0112, 3, 1, orientation],
      [0x013b, 2, 10, 216],
      [0x8769, 4, 1, 80],
      [0x8825, 4, 1, 110],
    ],
    150,
  )
  directory(80, [[0xa431, 2, 12, 230]], 0)
  directory(
    110,
    [
      [0x0001, 2, 2, 0x4e000000],
      [0x0002, 5, 3, 244],
    ],
    0,
  )
  directory(
    150,
    [
      [0x0201, 4, 1, 280],
      [0x0202, 4, 1, 24],
    ],
    0,
  )
  out.set(ascii('Phone of Minji\0'), 200)
  out.set(ascii('Minji Kim\0'), 216)
  out.set(ascii('SERIAL-0042\0'), 230)
  for (const [i, value] of [37, 1, 33, 1, 22, 1].entries()) view.setUint32(244 + i * 4, value, littleEndian)
  out.set([0xff, 0xd8, 0xff, 0xd9], 280)
  return out
}

/** Puts the phone's EXIF (and, where the format has room for it, XMP, comments and a ZIP behind the end) into a clean picture. */
export async function phonePhoto(
  format: 'jpeg' | 'png' | 'webp',
  orientation: number,
  width = 64,
  height = 48,
): Promise<Uint8Array> {
  const clean = await picture(format, width, height)
  const tiff = phoneTiff(orientation, orientation % 2 === 0)
  const tail = ascii('PK\x03\x04 Minji Kim')
  if (format === 'jpeg') {
    const exif = jpegSegment(0xe1, concat([ascii('Exif\0\0'), tiff]))
    const comment = jpegSegment(0xfe, ascii('<script>Minji Kim</script>'))
    const iptc = jpegSegment(0xed, ascii('Photoshop 3.0\0Minji Kim'))
    return concat([slice(clean, 0, 2), exif, iptc, comment, clean.subarray(2), tail])
  }
  if (format === 'png') {
    const extra = [pngChunk('eXIf', tiff), pngChunk('tEXt', ascii('Author\0Minji Kim'))]
    return concat([slice(clean, 0, 33), ...extra, clean.subarray(33), tail])
  }
  return concat([webpWith(clean, [riffChunk('EXIF', tiff), riffChunk('XMP ', ascii(XMP))]), tail])
}

export function jpegSegment(marker: number, payload: Uint8Array): Uint8Array {
  const length = payload.length + 2
  return concat([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), payload])
}

export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = concat([new Uint8Array(4), ascii(type), data, new Uint8Array(4)])
  viewOf(chunk).setUint32(0, data.length)
  viewOf(chunk).setUint32(chunk.length - 4, crc32(chunk.subarray(4, chunk.length - 4)))
  return chunk
}

export function riffChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = concat([ascii(type), new Uint8Array(4), data, new Uint8Array(data.length % 2)])
  viewOf(chunk).setUint32(4, data.length, true)
  return chunk
}

/** sharp writes VP8X when there is a colour profile; its flags for EXIF and XMP are raised here. */
function webpWith(webp: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array {
  const inside = webp.slice(8)
  inside[12] = (inside[12] ?? 0) | 0x0c
  return riffChunk('RIFF', concat([inside, ...chunks]))
}

/** A PNG header that states any size, followed by almost nothing: 30,000 × 30,000 in some dozen bytes. */
export function bombPng(width: number, height: number): Uint8Array {
  const header = new Uint8Array(13)
  const view = viewOf(header)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, 6, 0, 0, 0], 8)
  const pixels = pngChunk('IDAT', new Uint8Array(50_000))
  return concat([
    ascii('\x89PNG\r\n\x1a\n'),
    pngChunk('IHDR', header),
    pixels,
    pngChunk('IEND', new Uint8Array()),
  ])
}
