import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { ascii } from './bytes.ts'
import { cleanImage } from './clean-image.ts'
import { picture, SECRETS } from './photo-samples.ts'

describe('an AVIF photo', () => {
  it('loses EXIF and XMP, keeps its colour profile and its pixels, and still decodes', async () => {
    const photo = await picture('avif')
    const before = Buffer.from(photo).toString('latin1')
    for (const secret of SECRETS) expect(before).toContain(secret)

    const result = cleanImage(photo)
    if (!result.ok) throw new Error(result.code)
    const after = Buffer.from(result.image.bytes).toString('latin1')
    for (const secret of [...SECRETS, 'xmpmeta', 'Exif', 'rdf+xml']) expect(after).not.toContain(secret)
    const metadata = await sharp(result.image.bytes).metadata()
    expect(metadata).toMatchObject({ format: 'heif', width: 64, height: 48 })
    expect(metadata.exif).toBeUndefined()
    expect(metadata.xmp).toBeUndefined()
    expect(metadata.icc).toBeDefined()
    expect(await sharp(result.image.bytes).raw().toBuffer()).toEqual(await sharp(photo).raw().toBuffer())
  })

  it('with transparency keeps it', async () => {
    const photo = await sharp({ create: { width: 32, height: 32, channels: 4, background: '#ff000080' } })
      .avif()
      .toBuffer()
    const result = cleanImage(new Uint8Array(photo))
    if (!result.ok) throw new Error(result.code)
    expect(await sharp(result.image.bytes).raw().toBuffer()).toEqual(await sharp(photo).raw().toBuffer())
  })

  it('turned by its own box is measured as a person sees it', async () => {
    const photo = await picture('avif')
    const at = Buffer.from(photo).indexOf('colr', 0, 'latin1')
    photo.set(ascii('irot\x01'), at)
    const result = cleanImage(photo)
    expect(result).toMatchObject({ ok: true, image: { width: 48, height: 64, orientation: 1 } })
    if (!result.ok) return
    const seen = await sharp(result.image.bytes).raw().toBuffer({ resolveWithObject: true })
    expect([seen.info.width, seen.info.height]).toEqual([48, 64])
  })
})
