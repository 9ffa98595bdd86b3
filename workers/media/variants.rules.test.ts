import { describe, expect, it } from 'vitest'
import { ImageId } from '#contracts/ids'
import { formatFor, isTagNamed, variantTag } from './variants.rules.ts'

describe('the format of a photo', () => {
  it.each([
    ['image/avif,image/webp,image/apng,image/*,*/*;q=0.8', 'webp'],
    ['image/avif,*/*', 'avif'],
    ['image/webp;q=0, image/avif;q=0.5', 'avif'],
    ['IMAGE/WEBP ; q=0.3', 'webp'],
    ['*/*', 'jpeg'],
    ['image/webp;q=0.0', 'jpeg'],
    ['', 'jpeg'],
    [undefined, 'jpeg'],
  ])('for %s is %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format)
  })
})

describe('the tag of a variant', () => {
  const id = ImageId.parse('img_01kaj5v0e8q6r1x3n7w2z9c4bt')
  const tag = variantTag(id, { size: 'card', format: 'webp' })

  it('is found among others and when a cache made it weak', () => {
    expect(isTagNamed(tag, tag)).toBe(true)
    expect(isTagNamed(`"other", W/${tag}`, tag)).toBe(true)
  })

  it('is not found in another size or when nothing is named', () => {
    expect(isTagNamed(variantTag(id, { size: 'thumb', format: 'webp' }), tag)).toBe(false)
    expect(isTagNamed(undefined, tag)).toBe(false)
  })
})
