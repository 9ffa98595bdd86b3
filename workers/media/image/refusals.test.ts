import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { IMAGE_BYTES_MAX } from '#contracts/media'
import { ascii, concat, viewOf } from './bytes.ts'
import { cleanImage } from './clean-image.ts'
import { bombPng, jpegSegment, phonePhoto, picture, pngChunk, riffChunk } from './photo-samples.ts'

const refusalOf = (bytes: Uint8Array) => {
  const result = cleanImage(bytes)
  return result.ok ? 'taken' : result.code
}

function indexOfText(bytes: Uint8Array, text: string): number {
  const at = Buffer.from(bytes).indexOf(text, 0, 'latin1')
  if (at === -1) throw new Error(`no ${text}`)
  return at
}

describe('what is not a photo', () => {
  const notPhotos = {
    text: 'not an image at all',
    svg: '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    html: '<!doctype html><img src=x onerror=alert(1)>',
    pdf: '%PDF-1.7',
    zip: 'PK\x03\x04',
    'gif with script': 'GIF89a=1;alert(1)//',
    heic: '\0\0\0\x18ftypheic\0\0\0\0mif1heic',
  }
  it.each(Object.entries(notPhotos))('%s is refused by its first bytes', (_, content) => {
    expect(refusalOf(ascii(content))).toBe('IMAGE_TYPE_UNSUPPORTED')
  })

  it('nothing at all is a broken photo', () => {
    expect(refusalOf(new Uint8Array())).toBe('IMAGE_BROKEN')
  })

  it('a lossless or arithmetic JPEG, which browsers cannot show, is an unsupported type', async () => {
    const jpeg = await picture('jpeg')
    jpeg[indexOfText(jpeg, '\xff\xc0') + 1] = 0xc3
    expect(refusalOf(jpeg)).toBe('IMAGE_TYPE_UNSUPPORTED')
  })
})

describe('what is too large', () => {
  it('a file of one byte over 10 MB, even when the picture inside is small', async () => {
    const photo = await picture('jpeg')
    expect(refusalOf(concat([photo, new Uint8Array(IMAGE_BYTES_MAX + 1 - photo.length)]))).toBe(
      'IMAGE_TOO_LARGE',
    )
    expect(refusalOf(concat([photo, new Uint8Array(IMAGE_BYTES_MAX - photo.length)]))).toBe('taken')
  })

  it('a PNG of 30,000 × 30,000 pixels in 50 KB, before anything is decoded', () => {
    const bomb = bombPng(30_000, 30_000)
    expect(bomb.length).toBeLessThan(52_000)
    expect(refusalOf(bomb)).toBe('IMAGE_DIMENSIONS_TOO_LARGE')
  })

  it.each([
    [8001, 1],
    [1, 8001],
    [8000, 5001],
  ])('a PNG of %i × %i pixels', (width, height) => {
    expect(refusalOf(bombPng(width, height))).toBe('IMAGE_DIMENSIONS_TOO_LARGE')
  })

  it('a JPEG, a WebP and an AVIF whose header states 16,000 pixels', async () => {
    const jpeg = await picture('jpeg')
    viewOf(jpeg).setUint16(indexOfText(jpeg, '\xff\xc0') + 5, 16_000)
    expect(refusalOf(jpeg)).toBe('IMAGE_DIMENSIONS_TOO_LARGE')
    const webp = await picture('webp')
    viewOf(webp).setUint16(indexOfText(webp, 'VP8X') + 12, 16_000, true)
    expect(refusalOf(webp)).toBe('IMAGE_DIMENSIONS_TOO_LARGE')
    const avif = await picture('avif')
    viewOf(avif).setUint32(indexOfText(avif, 'ispe') + 8, 16_000)
    expect(refusalOf(avif)).toBe('IMAGE_DIMENSIONS_TOO_LARGE')
  })

  it('an AVIF whose boxes state a small size and whose picture is a large one', async () => {
    const large = new Uint8Array(
      await sharp({ create: { width: 8192, height: 16, channels: 3, background: 'red' } })
        .avif({ effort: 0 })
        .toBuffer(),
    )
    viewOf(large).setUint32(indexOfText(large, 'ispe') + 8, 16)
    expect(refusalOf(large)).toBe('IMAGE_DIMENSIONS_TOO_LARGE')
  })

  it('a WebP whose canvas is small and whose picture is not', async () => {
    const webp = await picture('webp')
    const sizeAt = indexOfText(webp, '\x9d\x01\x2a') + 3
    viewOf(webp).setUint16(sizeAt, 7000, true)
    expect(refusalOf(webp)).toBe('IMAGE_BROKEN')
  })
})

describe('what moves', () => {
  it('an animated PNG', async () => {
    const png = await picture('png')
    const control = pngChunk('acTL', new Uint8Array([0, 0, 0x27, 0x10, 0, 0, 0, 0]))
    expect(refusalOf(concat([png.subarray(0, 33), control, png.subarray(33)]))).toBe('IMAGE_ANIMATED')
  })

  it('an animated WebP', async () => {
    const frames = Buffer.concat([Buffer.alloc(64 * 64 * 3, 10), Buffer.alloc(64 * 64 * 3, 200)])
    const webp = await sharp(frames, { raw: { width: 64, height: 128, channels: 3, pageHeight: 64 } })
      .webp({ loop: 0, delay: [100, 100] })
      .toBuffer()
    expect(refusalOf(new Uint8Array(webp))).toBe('IMAGE_ANIMATED')
  })

  it('an AVIF sequence', () => {
    expect(refusalOf(ascii('\0\0\0\x18ftypavis\0\0\0\0avifavis'))).toBe('IMAGE_ANIMATED')
  })
})

describe('what is broken', () => {
  it('a PNG with one wrong checksum', async () => {
    const png = await picture('png')
    const at = indexOfText(png, 'IDAT') + 6
    png[at] = (png[at] ?? 0) ^ 1
    expect(refusalOf(png)).toBe('IMAGE_BROKEN')
  })

  it('a PNG without pixels, and one with a chunk that no decoder may skip', async () => {
    const png = await picture('png')
    const strange = pngChunk('ABCD', new Uint8Array(4))
    expect(refusalOf(concat([png.subarray(0, 33), strange, png.subarray(33)]))).toBe('IMAGE_BROKEN')
    expect(refusalOf(concat([png.subarray(0, 33), pngChunk('IEND', new Uint8Array())]))).toBe('IMAGE_BROKEN')
  })

  it('a picture of no width', async () => {
    expect(refusalOf(bombPng(0, 10))).toBe('IMAGE_BROKEN')
    const jpeg = await picture('jpeg')
    viewOf(jpeg).setUint16(indexOfText(jpeg, '\xff\xc0') + 7, 0)
    expect(refusalOf(jpeg)).toBe('IMAGE_BROKEN')
  })

  it('a JPEG with markers but no picture, with two headers, and with a length that lies', async () => {
    expect(refusalOf(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9))).toBe('IMAGE_BROKEN')
    const jpeg = await picture('jpeg')
    const frame = jpeg.slice(indexOfText(jpeg, '\xff\xc0'), indexOfText(jpeg, '\xff\xc0') + 19)
    expect(refusalOf(concat([jpeg.subarray(0, 2), frame, jpeg.subarray(2)]))).toBe('IMAGE_BROKEN')
    const lying = Uint8Array.of(0xff, 0xe1, 0xff, 0xff)
    expect(refusalOf(concat([jpeg.subarray(0, 2), lying]))).toBe('IMAGE_BROKEN')
  })

  it('a file of some ten thousand empty pieces, or of a hundred passes over one picture', async () => {
    const many = <Piece>(piece: Piece, count: number) => Array.from({ length: count }, () => piece)
    const jpeg = await picture('jpeg')
    const comments = many(jpegSegment(0xfe, new Uint8Array()), 10_000)
    expect(refusalOf(concat([jpeg.subarray(0, 2), ...comments, jpeg.subarray(2)]))).toBe('IMAGE_BROKEN')
    const scan = jpeg.subarray(indexOfText(jpeg, '\xff\xda'), jpeg.length - 2)
    expect(refusalOf(concat([jpeg.subarray(0, -2), ...many(scan, 100), jpeg.subarray(-2)]))).toBe(
      'IMAGE_BROKEN',
    )
    const png = await picture('png')
    const texts = many(pngChunk('tEXt', new Uint8Array()), 10_000)
    expect(refusalOf(concat([png.subarray(0, 33), ...texts, png.subarray(33)]))).toBe('IMAGE_BROKEN')
    const webp = await picture('webp')
    const extras = many(riffChunk('JUNK', new Uint8Array()), 10_000)
    expect(refusalOf(riffChunk('RIFF', concat([webp.subarray(8), ...extras])))).toBe('IMAGE_BROKEN')
  })

  it('a WebP with two pictures', async () => {
    const webp = await picture('webp')
    const again = riffChunk('VP8 ', webp.subarray(indexOfText(webp, 'VP8 ') + 8))
    expect(refusalOf(riffChunk('RIFF', concat([webp.subarray(8), again])))).toBe('IMAGE_BROKEN')
  })

  it('an AVIF whose picture lies outside of its data box', async () => {
    const avif = await picture('avif')
    const { length } = avif
    avif.set(ascii('free'), indexOfText(avif, 'mdat'))
    expect(length).toBeGreaterThan(0)
    expect(refusalOf(avif)).toBe('IMAGE_BROKEN')
  })
})

describe('strange but harmless metadata', () => {
  it('an EXIF block that makes no sense counts as upright', async () => {
    const jpeg = await picture('jpeg')
    const nonsense = jpegSegment(
      0xe1,
      concat([ascii('Exif\0\0MM'), new Uint8Array([0, 42, 255, 255, 255, 255])]),
    )
    expect(cleanImage(concat([jpeg.subarray(0, 2), nonsense, jpeg.subarray(2)]))).toMatchObject({
      ok: true,
      image: { orientation: 1 },
    })
  })

  it('an orientation of 9 counts as upright', async () => {
    expect(cleanImage(await phonePhoto('jpeg', 9))).toMatchObject({ ok: true, image: { orientation: 1 } })
  })
})
