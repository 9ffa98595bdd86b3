import { createRoute } from '@hono/zod-openapi'
import { Image } from '#contracts/media'
import { memberOf, refusal, requireMember } from '#kit/app'
import { nowMs } from '#kit/clock'
import { idempotent } from '#kit/idempotency'
import { bearer, idempotencyHeader, jsonReply, problems } from '#kit/openapi'
import type { MediaEnv } from '../env.ts'
import type { MediaApp } from '../http.ts'
import { uploadPhoto } from '../upload.service.ts'
import { declaredFormat, photoBody } from './photo-body.ts'

export const MEDIA_PATH = '/api/v1/media'

const rawPhoto = { schema: { type: 'string', format: 'binary' } } as const

const uploadRoute = createRoute({
  method: 'post',
  path: MEDIA_PATH,
  tags: ['media'],
  summary: 'Upload a photo (raw body, at most 10 MB and 8000 px a side)',
  security: bearer,
  middleware: [requireMember<MediaEnv>(), photoBody<MediaEnv>(), idempotent<MediaEnv>()] as const,
  request: {
    headers: idempotencyHeader,
    body: {
      required: true,
      content: {
        'image/jpeg': rawPhoto,
        'image/png': rawPhoto,
        'image/webp': rawPhoto,
        'image/avif': rawPhoto,
      },
    },
  },
  responses: {
    201: jsonReply(Image, 'The photo, to be named by its id when something is posted within a day'),
    ...problems(409, 411, 422),
  },
})

/** `POST /media`. */
export function takeUpload(app: MediaApp): void {
  app.openapi(uploadRoute, async (c) => {
    const upload = {
      ownerId: memberOf(c).memberId,
      body: new Uint8Array(await c.req.arrayBuffer()),
      declared: declaredFormat(c.req.header('content-type')) ?? null,
      atMs: nowMs(),
    }
    const uploaded = await uploadPhoto(c.env, upload, (image) => c.var.completion(201, image))
    return uploaded.ok ? c.json(uploaded.value, 201) : refusal(c, uploaded.refusal)
  })
}
