import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { ascii, concat } from './bytes.ts'
import { type CleanImage, cleanImage } from './clean-image.ts'
import { writeOrientation } from './orientation.ts'
import { phonePhoto, picture, SECRETS } from './photo-samples.ts'

const FORMATS = ['jpeg', 'png', 'webp'] as const
const ALL_FORMATS = [...FORMATS, 'avif'] as const

function cleaned(bytes: Uint8Array): CleanImage {
  const result = cleanImage(bytes)
  if (!result.ok) throw new Error(`refused: ${result.code}`)
  return result.image
}

const storedPixels = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer()
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

describe.each(FORMATS)('a %s photo from a phone', (format) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'turned as %i loses everything but its picture and how to turn it',
    async (orientation) => {
      const photo = await phonePhoto(format, orientation)
      for (const secret of SECRETS) expect(latin1(photo)).toContain(secret)

      const image = cleaned(photo)
      for (const secret of SECRETS) expect(latin1(image.bytes)).not.toContain(secret)
      for (const trace of ['PK\x03\x04', '<script', 'xmpmeta', 'Photoshop'])
        expect(latin1(image.bytes)).not.toContain(trace)
      const { exif, xmp, icc } = await sharp(image.bytes).metadata()
      const orientationOnly = exif && latin1(exif).replace(/^Exif\0\0/, '')
      expect(orientationOnly).toEqual(
        orientation === 1 ? undefined : latin1(writeOrientation(image.orientation)),
      )
      expect(xmp).toBeUndefined()
      expect(icc).toBeDefined()
    },
  )

  it.each([1, 3, 6, 8])('turned as %i is measured as a person sees it', async (orientation) => {
    const { width, height, bytes } = cleaned(await phonePhoto(format, orientation, 64, 48))
    expect([width, height]).toEqual(orientation >= 5 ? [48, 64] : [64, 48])
    const seen = await sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true })
    expect([seen.info.width, seen.info.height]).toEqual([width, height])
  })

  it('keeps its pixels bit for bit', async () => {
    const photo = await phonePhoto(format, 6)
    expect(await storedPixels(cleaned(photo).bytes)).toEqual(await storedPixels(photo))
  })
})

describe.each(ALL_FORMATS)('cleaning %s', (format) => {
  it('gives the same bytes when done twice', async () => {
    const photo = format === 'avif' ? await picture('avif') : await phonePhoto(format, 5)
    const once = cleaned(photo)
    expect(cleaned(once.bytes)).toEqual(once)
  })

  it('cuts off what stands behind the end', async () => {
    const photo = await picture(format)
    const tail = ascii('<html><script>alert(1)</script></html>')
    expect(cleaned(concat([photo, tail])).bytes).toEqual(cleaned(photo).bytes)
  })

  it('refuses a file that was cut off anywhere', async () => {
    const { bytes } = cleaned(await picture(format))
    for (let length = 0; length < bytes.length; length++) {
      expect(cleanImage(bytes.subarray(0, length)), `${length} of ${bytes.length} bytes`).toMatchObject({
        ok: false,
      })
    }
  })

  it('never throws whatever a file was changed to, and what it takes it takes again unchanged', async () => {
    const photo = format === 'avif' ? await picture('avif') : await phonePhoto(format, 6)
    const change = fc.record({ at: fc.nat(photo.length - 1), value: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        const changed = photo.slice()
        for (const { at, value } of changes) changed[at] = value
        const result = cleanImage(changed)
        if (!result.ok) return
        expect(cleanImage(result.image.bytes)).toEqual(result)
      }),
      { numRuns: 1500 },
    )
  })

  it('never throws on noise behind the right first bytes', async () => {
    const head = (await picture(format)).subarray(0, 40)
    fc.assert(
      fc.property(fc.nat(40), fc.uint8Array({ maxLength: 600 }), (length, noise) => {
        cleanImage(concat([head.subarray(0, length), noise]))
      }),
      { numRuns: 1500 },
    )
  })
})
