import { DurableObject } from 'cloudflare:workers'
import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import { type Image, imageUrls } from '#contracts/media'
import { type ChatRoom, chatRoomClass } from '#do/chat-room/index'
import type { RoomFlush } from '../../durable-objects/chat-room/room.api.ts'

type Env = {
  LEDGER: DurableObjectNamespace<Ledger>
  ROOM: DurableObjectNamespace<ChatRoom>
  FORGETFUL: DurableObjectNamespace<ChatRoom>
  UNREADER: DurableObjectNamespace<ChatRoom>
  STRICT: DurableObjectNamespace<ChatRoom>
}

/** What rooms brought to their database. It may be told to be away. */
export class Ledger extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS flushes (n INTEGER PRIMARY KEY, flush TEXT NOT NULL)')
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS failures (kind TEXT PRIMARY KEY, rest INTEGER NOT NULL)')
  }

  /** Takes a flush; as often as it was told it refuses, or takes it and then loses the answer. */
  take(flush: RoomFlush): void {
    if (this.#fails('before')) throw new Error('the database is away')
    this.ctx.storage.sql.exec('INSERT INTO flushes (flush) VALUES (?)', JSON.stringify(flush))
  }

  /** Whether the answer to the taken flush is to be lost. */
  losesAnswer(): boolean {
    return this.#fails('after')
  }

  fail(kind: 'before' | 'after', times: number): void {
    this.ctx.storage.sql.exec('INSERT OR REPLACE INTO failures (kind, rest) VALUES (?, ?)', kind, times)
  }

  flushes(): unknown[] {
    return this.ctx.storage.sql
      .exec<{ flush: string }>('SELECT flush FROM flushes ORDER BY n')
      .toArray()
      .map(({ flush }) => JSON.parse(flush))
  }

  #fails(kind: string): boolean {
    const query = 'UPDATE failures SET rest = rest - 1 WHERE kind = ? AND rest > 0 RETURNING rest'
    return this.ctx.storage.sql.exec(query, kind).toArray().length > 0
  }
}

const readEnv = (raw: object) => raw as Env

async function flush(env: Env, part: RoomFlush): Promise<void> {
  const ledger = env.LEDGER.getByName(part.roomId)
  await ledger.take(part)
  if (await ledger.losesAnswer()) throw new Error('the answer was lost')
}

/** A photo hangs after a while; one whose id ends in `9` is another's. */
async function hang(_env: Env, { imageId }: { imageId: Image['id'] }): Promise<Result<Image>> {
  await new Promise((resolve) => setTimeout(resolve, 50))
  if (imageId.endsWith('9')) return { ok: false, refusal: { code: 'IMAGE_NOT_YOURS' } }
  return { ok: true, value: { id: imageId, width: 800, height: 600, urls: imageUrls(imageId) } }
}

/** As many clients as a promise asks for, each as fast as it can. */
const BUSY = { limits: { socketsPerMemberMax: 20, framesPerSecond: 100_000, frameBurst: 100_000 } }
const Busy = chatRoomClass(readEnv, flush, hang, () => BUSY)

export class Room extends Busy {}

/** With the limits of the platform. */
export class Strict extends chatRoomClass(readEnv, flush, hang) {}

/** Broken: it does not keep which client message it stored, so that one sent again is another one. */
export class Forgetful extends Busy {
  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    await super.webSocketMessage(socket, data)
    this.ctx.storage.sql.exec(
      "UPDATE messages SET client_id = 'forgotten-' || seq WHERE client_id NOT LIKE 'forgotten-%'",
    )
  }
}

/** Broken: the latest read wins, also when it is older. */
export class Unreader extends Busy {
  override async read(memberId: MemberId, seq: number) {
    const read = await super.read(memberId, seq)
    this.ctx.storage.sql.exec('UPDATE members SET last_read_seq = ? WHERE member_id = ?', seq, memberId)
    return read
  }
}

const ROOM_METHODS = [
  'open',
  'ticket',
  'send',
  'read',
  'edit',
  'remove',
  'history',
  'mute',
  'leave',
  'gather',
  'setBlocked',
  'note',
  'evidence',
  'hide',
  'disconnect',
  'purge',
] as const
const LEDGER_METHODS = ['fail', 'flushes'] as const

/** `POST /<kind>/<room>/<method>` with its arguments as a JSON array; `GET /<kind>/<room>/socket?…` is the socket. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, kind = '', name = '', method = ''] = new URL(request.url).pathname.split('/')
    const rooms = { room: env.ROOM, forgetful: env.FORGETFUL, unreader: env.UNREADER, strict: env.STRICT }
    const namespace = Object.entries(rooms).find(([key]) => key === kind)?.[1]
    if (method === 'socket' && namespace) return await namespace.getByName(name).fetch(request)
    const args: unknown = await request.json()
    const allowed = kind === 'ledger' ? LEDGER_METHODS : ROOM_METHODS
    if (!Array.isArray(args) || !allowed.some((known) => known === method))
      return new Response(null, { status: 404 })
    const target: object = kind === 'ledger' ? env.LEDGER.getByName(name) : (namespace?.getByName(name) ?? {})
    const answer: unknown = await Reflect.apply(Reflect.get(target, method), target, args)
    return Response.json(answer ?? null)
  },
}
