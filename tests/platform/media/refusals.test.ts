import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IMAGE_BYTES_MAX } from '#contracts/media'
import { ascii, concat } from '../../../workers/media/image/bytes.ts'
import { bombPng, phonePhoto, picture, pngChunk } from '../../../workers/media/image/photo-samples.ts'
import { type MediaAlone, newMember, type PhotoBody, startMedia } from './alone.ts'

let media: MediaAlone
const member = newMember()

beforeAll(async () => {
  media = await startMedia()
  await media.upload(member, new Uint8Array(await picture('jpeg')))
})
afterAll(() => media.close())

/** The refusal's code, after making sure that nothing was stored. */
async function refusedAs(body: PhotoBody, headers: Record<string, string> = {}): Promise<string> {
  const before = await media.stored()
  const code = await media.refusalOf(member, body, headers)
  expect(await media.stored()).toEqual(before)
  return code
}

describe('an upload that is no photo', () => {
  it.each([
    ['words', 'not an image'],
    ['an SVG with a script', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['a page', '<!doctype html><img src=x onerror=alert(1)>'],
    ['a GIF that is also a script', 'GIF89a=1;alert(1)//'],
  ])('%s is an unsupported type, whatever it calls itself', async (_, content) => {
    for (const type of ['image/jpeg', 'image/png', 'application/octet-stream']) {
      expect(await refusedAs(content, { 'content-type': type })).toBe('IMAGE_TYPE_UNSUPPORTED')
    }
  })

  it('declared as a type we do not take is refused unread', async () => {
    const photo = new Uint8Array(await picture('jpeg'))
    for (const type of [
      'image/svg+xml',
      'text/html',
      'multipart/form-data; boundary=x',
      'application/json',
    ]) {
      expect(await refusedAs(photo, { 'content-type': type })).toBe('IMAGE_TYPE_UNSUPPORTED')
    }
  })

  it('declared as another type than it is is refused', async () => {
    const png = new Uint8Array(await picture('png'))
    expect(await refusedAs(png, { 'content-type': 'image/jpeg' })).toBe('IMAGE_TYPE_UNSUPPORTED')
  })

  it('with a content encoding is refused: photos are compressed already', async () => {
    const photo = new Uint8Array(await picture('jpeg'))
    expect(await refusedAs(photo, { 'content-encoding': 'gzip' })).toBe('IMAGE_TYPE_UNSUPPORTED')
  })

  it('of nothing at all is broken', async () => {
    expect(await refusedAs(new Uint8Array())).toBe('IMAGE_BROKEN')
  })
})

describe('an upload that is too much', () => {
  it('of one byte over 10 MB', async () => {
    const photo = await picture('jpeg')
    const large = concat([photo, new Uint8Array(IMAGE_BYTES_MAX + 1 - photo.length)])
    expect(await refusedAs(new Uint8Array(large))).toBe('IMAGE_TOO_LARGE')
  })

  it('without a length, in pieces, is refused before it is read', async () => {
    const piece = new Uint8Array(1024 * 1024)
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ < 12) controller.enqueue(piece)
        else controller.close()
      },
    })
    expect(await refusedAs(endless)).toBe('LENGTH_REQUIRED')
  })

  it('of 30,000 × 30,000 pixels in 50 KB', async () => {
    const bomb = new Uint8Array(bombPng(30_000, 30_000))
    expect(await refusedAs(bomb, { 'content-type': 'image/png' })).toBe('IMAGE_DIMENSIONS_TOO_LARGE')
  })
})

describe('an upload that is broken', () => {
  it('has a good header and pixels that do not decode', async () => {
    const hollow = new Uint8Array(bombPng(300, 300))
    expect(await refusedAs(hollow, { 'content-type': 'image/png' })).toBe('IMAGE_BROKEN')
  })

  it('was cut off half way', async () => {
    const photo = await phonePhoto('jpeg', 6, 800, 600)
    expect(await refusedAs(photo.slice(0, photo.length / 2))).toBe('IMAGE_BROKEN')
  })

  it('moves', async () => {
    const png = await picture('png')
    const animated = concat([png.slice(0, 33), pngChunk('acTL', new Uint8Array(8)), png.slice(33)])
    expect(await refusedAs(new Uint8Array(animated), { 'content-type': 'image/png' })).toBe('IMAGE_ANIMATED')
  })
})

describe('who may upload', () => {
  it('not a guest, and not with a token that is none', async () => {
    const photo = new Uint8Array(await picture('jpeg'))
    expect(await media.refusalOf(null, photo)).toBe('UNAUTHENTICATED')
    expect(await media.refusalOf(null, photo, { authorization: 'Bearer a.b.c' })).toBe('UNAUTHENTICATED')
  })

  it('nobody by a page of elsewhere, which is told so however large its photo is', async () => {
    const large = new Uint8Array(IMAGE_BYTES_MAX)
    const cookie = `__Host-madang_access=${await media.tokenOf(member)}`
    const elsewhere = { cookie, origin: 'https://elsewhere.example' }
    expect(await media.refusalOf(null, large, elsewhere)).toBe('ORIGIN_REFUSED')
  })

  it('a photo with a ZIP and a page behind its end is kept without them', async () => {
    const polyglot = concat([await picture('jpeg'), ascii('PK\x03\x04<script>alert(1)</script>')])
    const image = await media.upload(member, new Uint8Array(polyglot))
    const { objects } = await media.bucket.list({ prefix: `photos/${image.id}/` })
    for (const { key } of objects) {
      const text = await (await media.bucket.get(key))?.text()
      expect(text).not.toMatch(/<script|PK/)
    }
  })
})
