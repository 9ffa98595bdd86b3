import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { parse } from 'smol-toml'
import { z } from 'zod'
import type { CallContext } from '#contracts/call'
import { Problem } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import { type ImageId, ListingId, type MemberId } from '#contracts/ids'
import { Image } from '#contracts/media'
import { newId } from '#kit/id'
import { bundledConfigOf } from '../../../scripts/derived-worker.ts'
import type { EdgeEnv } from '../../../workers/edge/env.ts'
import type { MediaEnv } from '../../../workers/media/env.ts'
import { neighboursOf, startAlone } from '../../support/worker-alone.ts'

export { newMember } from '../../support/worker-alone.ts'

/** Whatever the edge binds beside media stands in as one worker. */
const Edge = z.object({ services: z.array(z.object({ binding: z.string() })) })
const NEIGHBOURS = Edge.parse(parse(readFileSync('wrangler.toml', 'utf8')))
  .services.map(({ binding }) => binding)
  .filter((binding) => !binding.startsWith('MEDIA'))

/** What these tests send as a photo: whole, or in pieces without a length. */
export type PhotoBody = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>

/** The edge and the media worker in workerd; the other domains are a stand-in that knows only the key of these tests' tokens. */
export async function startMedia() {
  const alone = await startAlone<MediaEnv>({
    domain: 'media',
    neighbours: ['IDENTITY'],
    front: {
      configPath: bundledConfigOf('madang-edge'),
      bindingOverrides: Object.fromEntries(NEIGHBOURS.map((name) => [name, neighboursOf('media')])),
      secrets: { VISITOR_SECRET: 'a-secret-of-the-tests-of-media-alone' },
    },
  })
  const { server, worker, db, tokenOf, close } = alone
  const bucket = alone.env.PHOTOS
  const { MEDIA_RPC: rpc } = await server.getWorker<EdgeEnv>('madang-edge').getEnv()

  /** Sends a body as a photo of `memberId`. */
  async function send(memberId: MemberId | null, body: PhotoBody, headers: Record<string, string> = {}) {
    const token = memberId === null ? {} : { authorization: `Bearer ${await tokenOf(memberId)}` }
    const streams = body instanceof ReadableStream ? { duplex: 'half' as const } : {}
    const response = await server.fetch('/api/v1/media', {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg', ...token, ...headers },
      body,
      ...streams,
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  async function upload(
    memberId: MemberId,
    body: Uint8Array<ArrayBuffer>,
    type = 'image/jpeg',
  ): Promise<Image> {
    const sent = await send(memberId, body, { 'content-type': type })
    if (sent.status !== 201) throw new Error(`upload refused: ${sent.status} ${sent.text}`)
    return Image.parse(JSON.parse(sent.text))
  }

  /** The code of a refusal, which must be problem+json with the status that the code stands for. */
  async function refusalOf(memberId: MemberId | null, body: PhotoBody, headers: Record<string, string> = {}) {
    const sent = await send(memberId, body, headers)
    if (sent.headers.get('content-type') !== 'application/problem+json') return `${sent.status} ${sent.text}`
    const problem = Problem.parse(JSON.parse(sent.text))
    return sent.status === problem.status ? problem.code : `${sent.status} but ${problem.status}`
  }

  /** A photo as it is served, decoded as stored: metadata is not applied, so a turned photo would show. */
  async function serve(path: string, accept = 'image/webp,*/*', headers: Record<string, string> = {}) {
    const response = await server.fetch(path, { headers: { accept, ...headers } })
    const bytes = Buffer.from(await response.arrayBuffer())
    return { status: response.status, headers: response.headers, bytes }
  }

  /** Everything that is stored: an upload that is refused leaves these as they were. */
  async function stored() {
    const { objects } = await bucket.list({ prefix: 'photos/' })
    const rows = await db.prepare('SELECT count(*) AS count FROM images').first<{ count: number }>()
    return { files: objects.length, rows: rows?.count ?? 0 }
  }

  const attach = (memberId: MemberId, listingId: ListingId, imageIds: ImageId[], ownerId = memberId) =>
    rpc.attach(contextOf(memberId), {
      ownerId,
      holder: { kind: 'listing', id: listingId },
      imageIds,
    })

  /** Delivers facts as the inbox queue would; none may be left for a retry. */
  async function hear(...events: MadangEvent[]): Promise<void> {
    const retried = await alone.deliver(events.map((body, i) => ({ id: `m${i}`, body })))
    if (retried.length > 0) throw new Error(`${retried.length} events not handled`)
  }

  return {
    server,
    hear,
    worker,
    db,
    bucket,
    rpc,
    tokenOf,
    send,
    upload,
    refusalOf,
    serve,
    stored,
    attach,
    close,
  }
}

export type MediaAlone = Awaited<ReturnType<typeof startMedia>>

export const contextOf = (memberId: MemberId): CallContext => ({
  actor: { kind: 'member', memberId, role: 'member' },
  requestId: 'test',
  idempotencyKey: `test:${newId('evt', Date.now())}`,
})

export const newListing = () => ListingId.parse(newId('lst', Date.now()))

/** The corner in which the sample's red quarter lies. */
export async function redCorner(bytes: Uint8Array): Promise<string> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const isRed = (x: number, y: number) => {
    const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels
    return (data[at] ?? 0) > 150 && (data[at + 2] ?? 255) < 100
  }
  const corners = {
    'top left': [0.2, 0.2],
    'top right': [0.8, 0.2],
    'bottom left': [0.2, 0.8],
    'bottom right': [0.8, 0.8],
  }
  return Object.entries(corners)
    .filter(([, [x = 0, y = 0]]) => isRed(x, y))
    .map(([name]) => name)
    .join(' and ')
}
