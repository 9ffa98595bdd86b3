import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { phonePhoto, picture, SECRETS } from '../../../workers/media/image/photo-samples.ts'
import { type MediaAlone, newMember, redCorner, startMedia } from './alone.ts'

let media: MediaAlone
const owner = newMember()

beforeAll(async () => {
  media = await startMedia()
})
afterAll(() => media.close())

const SIZES = { thumb: 320, card: 640, full: 1600 } as const
const TYPES = { 'image/webp,*/*': 'image/webp', 'image/avif': 'image/avif', '*/*': 'image/jpeg' } as const
/** Where the red quarter, stored top left, must lie once the photo stands upright. */
const UPRIGHT = { 1: 'top left', 3: 'bottom right', 6: 'top right', 8: 'bottom left' } as const

const tells = (bytes: Uint8Array) => {
  const text = Buffer.from(bytes).toString('latin1')
  return [...SECRETS, 'GPS', 'xmpmeta'].filter((word) => text.includes(word))
}

describe.each(['jpeg', 'png', 'webp'] as const)('a %s photo taken with a phone', (format) => {
  it.each([1, 3, 6, 8] as const)(
    'and turned as %i is served upright and tells nothing, in every size and format',
    async (turn) => {
      const photo = await phonePhoto(format, turn, 2000, 1200)
      expect(tells(photo)).not.toEqual([])
      const image = await media.upload(owner, new Uint8Array(photo), `image/${format}`)
      const isOnItsSide = turn >= 5
      expect([image.width, image.height]).toEqual(isOnItsSide ? [1200, 2000] : [2000, 1200])

      for (const [size, side] of Object.entries(SIZES)) {
        // AVIF of 1600 px takes seconds to make here; its smaller sizes prove the same.
        const accepts = Object.entries(TYPES).filter(([, type]) => type !== 'image/avif' || size === 'thumb')
        for (const [accept, type] of accepts) {
          const served = await media.serve(`/img/${image.id}/${size}`, accept)
          expect(served.headers.get('content-type')).toBe(type)
          const metadata = await sharp(served.bytes).metadata()
          const shorter = Math.round((side * 1200) / 2000)
          expect([metadata.width, metadata.height]).toEqual(isOnItsSide ? [shorter, side] : [side, shorter])
          expect([metadata.exif, metadata.xmp, metadata.iptc]).toEqual([undefined, undefined, undefined])
          expect(await redCorner(served.bytes)).toBe(UPRIGHT[turn])
          expect(tells(served.bytes)).toEqual([])
        }
      }
    },
  )

  it('is kept as it was, except that it tells nothing but how to turn it', async () => {
    const photo = await phonePhoto(format, 6)
    const image = await media.upload(owner, new Uint8Array(photo), `image/${format}`)
    const { objects } = await media.bucket.list({ prefix: `photos/${image.id}/original-` })
    const [kept] = objects
    const bytes = new Uint8Array((await (await media.bucket.get(kept?.key ?? ''))?.arrayBuffer()) ?? [])
    expect(objects).toHaveLength(1)
    expect(tells(bytes)).toEqual([])
    expect((await sharp(bytes).metadata()).orientation).toBe(6)
    expect(await sharp(bytes).raw().toBuffer()).toEqual(await sharp(photo).raw().toBuffer())
  })
})

describe('a served photo', () => {
  it('of AVIF is taken and served like the others', async () => {
    const image = await media.upload(owner, new Uint8Array(await picture('avif', 400, 300)), 'image/avif')
    const served = await media.serve(image.urls.card)
    expect(tells(served.bytes)).toEqual([])
    expect(await redCorner(served.bytes)).toBe('top left')
  })

  it('is never larger than it was taken', async () => {
    const image = await media.upload(owner, new Uint8Array(await picture('jpeg', 200, 100)))
    const served = await sharp((await media.serve(image.urls.full)).bytes).metadata()
    expect([served.width, served.height]).toEqual([200, 100])
  })

  it('comes from a sandboxed path with a fixed type, may be kept for ever, and differs by Accept', async () => {
    const image = await media.upload(owner, new Uint8Array(await picture('png')), 'image/png')
    const { headers } = await media.serve(image.urls.thumb)
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, s-maxage=86400, immutable')
    expect(headers.get('vary')).toContain('Accept')
  })

  it('is not sent again to who has it', async () => {
    const image = await media.upload(owner, new Uint8Array(await picture('jpeg')))
    const first = await media.serve(image.urls.thumb)
    const tag = first.headers.get('etag') ?? ''
    const again = await media.serve(image.urls.thumb, 'image/webp,*/*', { 'if-none-match': tag })
    expect([again.status, again.bytes.length]).toEqual([304, 0])
    const other = await media.worker.fetch(`http://media${image.urls.thumb}`, {
      headers: { accept: '*/*', 'if-none-match': tag },
    })
    expect(other.status).toBe(200)
    await other.arrayBuffer()
  })

  it('is rendered once and kept, however many ask for it at once', async () => {
    const image = await media.upload(owner, new Uint8Array(await picture('jpeg', 1000, 800)))
    const asked = await Promise.all(Array.from({ length: 12 }, () => media.serve(image.urls.full)))
    expect(new Set(asked.map(({ bytes }) => bytes.toString('base64'))).size).toBe(1)
    const { objects } = await media.bucket.list({ prefix: `photos/${image.id}/full` })
    expect(objects).toHaveLength(1)
  })

  it('that cannot be rendered now is asked for again later, and its other sizes are still there', async () => {
    const image = await media.upload(owner, new Uint8Array(await picture('jpeg')))
    const { objects } = await media.bucket.list({ prefix: `photos/${image.id}/original-` })
    for (const { key } of objects) await media.bucket.put(key, 'damaged')
    const full = await media.serve(image.urls.full)
    expect([full.status, full.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await media.serve(image.urls.card)).status).toBe(200)
  })

  it('that does not exist, or in a size there is not, is refused in plain words', async () => {
    const absent = await media.serve('/img/img_00000000000000000000000000/card')
    expect([absent.status, absent.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    const { status } = await media.serve('/img/img_00000000000000000000000000/huge')
    expect(status).toBe(400)
    expect((await media.serve('/img/..%2f..%2fphotos/card')).status).toBe(400)
  })
})

describe('an upload sent twice with the same Idempotency-Key', () => {
  it('makes one photo and gives the same answer', async () => {
    const photo = new Uint8Array(await phonePhoto('jpeg', 1))
    const before = await media.stored()
    const keyed = { 'idempotency-key': 'the-same-photo' }
    const first = await media.send(owner, photo, keyed)
    const second = await media.send(owner, photo, keyed)
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.text).toBe(first.text)
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect((await media.stored()).rows).toBe(before.rows + 1)
  })

  it('by somebody else, or with another photo, is not mixed up', async () => {
    const keyed = { 'idempotency-key': 'another-photo' }
    const photo = new Uint8Array(await phonePhoto('jpeg', 1))
    const first = await media.send(owner, photo, keyed)
    const others = await media.send(newMember(), photo, keyed)
    expect(others.status).toBe(201)
    expect(others.text).not.toBe(first.text)
    expect(await media.refusalOf(owner, new Uint8Array(await phonePhoto('jpeg', 3)), keyed)).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    )
  })
})
