import { createRoute, z } from '@hono/zod-openapi'
import { ImageId } from '#contracts/ids'
import { refusal } from '#kit/app'
import { problems } from '#kit/openapi'
import type { MediaApp } from '../http.ts'
import { CONTENT_TYPES, formatFor, isTagNamed, VARIANT_SIZES, variantTag } from '../variants.rules.ts'
import { variantOf } from '../variants.service.ts'

const photo = { schema: { type: 'string', format: 'binary' } } as const

const variantRoute = createRoute({
  method: 'get',
  path: '/img/{imageId}/{size}',
  tags: ['media'],
  summary: 'A photo in one of its sizes; WebP, AVIF or JPEG by Accept',
  request: { params: z.object({ imageId: ImageId, size: z.enum(VARIANT_SIZES) }) },
  responses: {
    200: {
      description: 'The photo; what is behind this address never changes',
      content: { 'image/webp': photo, 'image/avif': photo, 'image/jpeg': photo },
    },
    304: { description: 'You have it' },
    ...problems(404),
  },
})

/** A photo runs nothing and is nothing but a photo, whatever a browser is told it might be. */
const SANDBOX = {
  'cache-control': 'public, max-age=31536000, s-maxage=86400, immutable',
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  vary: 'Accept',
} as const

/** `GET /img/{imageId}/{thumb|card|full}`, open to everyone who knows the id. */
export function serveVariant(app: MediaApp): void {
  app.openapi(variantRoute, async (c) => {
    const { imageId, size } = c.req.valid('param')
    const variant = { size, format: formatFor(c.req.header('accept')) }
    const found = await variantOf(c.env, imageId, variant)
    if (!found.ok) return refusal(c, found.refusal)
    const body = found.value
    const etag = variantTag(imageId, variant)
    const headers = { ...SANDBOX, 'content-type': CONTENT_TYPES[variant.format], etag }
    if (isTagNamed(c.req.header('if-none-match'), etag)) {
      if (body instanceof ReadableStream) await body.cancel()
      return c.body(null, 304, headers)
    }
    return c.body(body, 200, headers)
  })
}
