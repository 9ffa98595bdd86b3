import { join } from 'node:path'
import { createTestHarness } from 'wrangler'
import { z } from 'zod'
import { Message, MessagePage, type SendMessage, type SystemLine } from '#contracts/chat'
import { ERROR_CODES } from '#contracts/errors'
import { type ImageId, MemberId, type RoomId } from '#contracts/ids'
import { newId } from '#kit/id'

const ROOT = join(import.meta.dirname, '..', '..')

/** The sound room; one with the platform's limits; and the broken ones that a checker has to catch. */
export type RoomKind = 'room' | 'strict' | 'forgetful' | 'unreader'
const CLASSES = { room: 'Room', strict: 'Strict', forgetful: 'Forgetful', unreader: 'Unreader' } as const

const Refused = z.object({ ok: z.literal(false), refusal: z.looseObject({ code: z.enum(ERROR_CODES) }) })
const answerOf = <Value extends z.ZodType>(value: Value) =>
  z.union([z.object({ ok: z.literal(true), value }), Refused])

const Flushed = z.looseObject({
  version: z.int(),
  lastSeq: z.int(),
  state: z.enum(['open', 'closed']),
  purgeAtMs: z.union([z.int(), z.null()]),
  blockedBy: z.array(z.string()),
  members: z.array(
    z.looseObject({
      memberId: z.string(),
      lastReadSeq: z.int(),
      leftAtMs: z.union([z.int(), z.null()]),
      mutedUntilMs: z.union([z.int(), z.null()]),
    }),
  ),
  messages: z.array(Message),
  tellings: z.array(z.object({ seq: z.int(), recipientIds: z.array(MemberId) })),
  reads: z.array(z.object({ memberId: MemberId, seq: z.int() })),
})
export type Flushed = z.infer<typeof Flushed>

const HOUR_MS = 3_600_000

/** Rooms alone in workerd, with a ledger in place of the chat worker's database. */
export async function startRooms() {
  const bindings = [
    ...Object.entries(CLASSES).map(([kind, class_name]) => ({ name: kind.toUpperCase(), class_name })),
    { name: 'LEDGER', class_name: 'Ledger' },
  ]
  const server = createTestHarness({
    root: ROOT,
    workers: [
      {
        config: {
          name: 'rooms',
          main: 'tests/promises/room-alone.worker.ts',
          compatibility_date: '2026-11-01',
          compatibility_flags: ['nodejs_compat'],
          durable_objects: { bindings },
          migrations: [{ tag: 'v1', new_sqlite_classes: bindings.map(({ class_name }) => class_name) }],
        },
      },
    ],
  })
  const { url } = await server.listen()
  const worker = server.getWorker('rooms')

  async function call(kind: string, name: string, method: string, args: unknown[]): Promise<unknown> {
    const response = await worker.fetch(`/${kind}/${name}/${method}`, {
      method: 'POST',
      body: JSON.stringify(args),
    })
    if (response.status !== 200) throw new Error(`${method}: ${response.status} ${await response.text()}`)
    return await response.json()
  }

  /** What can be asked of a room, whatever it is about. */
  function handleOf(kind: RoomKind, id: RoomId) {
    const ask = (method: string, ...args: unknown[]) => call(kind, id, method, args)
    const asked = async <Value extends z.ZodType>(value: Value, method: string, ...args: unknown[]) =>
      answerOf(value).parse(await ask(method, ...args))
    const Sent = z.object({ message: Message, replayed: z.boolean() })
    return {
      id,
      kind,
      ask,
      send: (by: MemberId, posting: SendMessage) => asked(Sent, 'send', by, posting),
      read: (by: MemberId, seq: number) => asked(z.object({ seq: z.int() }), 'read', by, seq),
      edit: (by: MemberId, seq: number, text: string) => asked(Message, 'edit', by, seq, text),
      remove: (by: MemberId, seq: number) =>
        asked(z.object({ message: Message, imageId: z.union([z.string(), z.null()]) }), 'remove', by, seq),
      history: (by: MemberId, query: { beforeSeq?: number; afterSeq?: number; limit: number }) =>
        asked(MessagePage, 'history', by, query),
      mute: (by: MemberId, untilMs: number | null) => asked(z.null(), 'mute', by, untilMs),
      leave: (by: MemberId) => asked(z.null(), 'leave', by),
      setBlocked: (by: MemberId, blocked: MemberId, isBlocked: boolean) =>
        ask('setBlocked', by, blocked, isBlocked),
      note: (source: string, line: SystemLine, close?: { purgeAtMs: number }) =>
        ask('note', source, line, ...(close ? [close] : [])),
      evidence: (seq: number) => asked(z.array(Message), 'evidence', seq),
      hide: (seq: number, hidden: boolean) => asked(z.object({ senderId: MemberId }), 'hide', seq, hidden),
      disconnect: (who: MemberId, code: number) => ask('disconnect', who, code),
      purge: () => ask('purge'),
      /** The path of a socket with a fresh ticket. */
      socketUrl: async (by: MemberId, sessionMs = HOUR_MS): Promise<string> => {
        const ticket = await asked(z.object({ ticket: z.string() }), 'ticket', by, Date.now() + sessionMs)
        if (!ticket.ok) throw new Error(ticket.refusal.code)
        return new URL(`/${kind}/${id}/socket?ticket=${ticket.value.ticket}`, url).href.replace('http', 'ws')
      },
      ticket: (by: MemberId) => asked(z.object({ ticket: z.string() }), 'ticket', by, Date.now() + HOUR_MS),
      /** The room's memory goes; its storage and its sockets stay. */
      evict: () => worker.evictDurableObject(kind.toUpperCase(), { name: id, webSockets: 'hibernate' }),
      storage: () => worker.getDurableObjectStorage(kind.toUpperCase(), { name: id }),
      failFlushes: (how: 'before' | 'after', times: number) => call('ledger', id, 'fail', [how, times]),
      flushes: async () => z.array(Flushed).parse(await call('ledger', id, 'flushes', [])),
    }
  }

  /** A room of two, opened. */
  async function open(kind: RoomKind = 'room') {
    const [sellerId, buyerId] = [newId('mem', Date.now()), newId('mem', Date.now())]
    const id = newId('room', Date.now())
    const listingId = newId('lst', Date.now())
    const seed = { kind: 'listing', roomId: id, listingId, sellerId, buyerId, openedAtMs: Date.now() }
    const room = handleOf(kind, id)
    await room.ask('open', seed)
    return { ...room, seed, sellerId, buyerId, reopen: () => room.ask('open', seed) }
  }

  /** The room of a group buy, with its host and so many members in it. */
  async function openGroup(size: number) {
    const [hostId, id] = [newId('mem', Date.now()), newId('room', Date.now())]
    const memberIds = Array.from({ length: size }, () => newId('mem', Date.now()))
    const room = handleOf('room', id)
    const groupBuyId = newId('gb', Date.now())
    await room.ask('open', { kind: 'group_buy', roomId: id, groupBuyId, hostId, openedAtMs: Date.now() })
    const gather = (version: number, ids: MemberId[]) =>
      room.ask('gather', { version, memberIds: [hostId, ...ids] })
    await gather(1, memberIds)
    return { ...room, hostId, memberIds, gather }
  }

  return { server, url, open, openGroup, close: () => server.close() }
}
export type Rooms = Awaited<ReturnType<typeof startRooms>>
export type OpenedRoom = Awaited<ReturnType<Rooms['open']>>

let count = 0
/** A text message no other has the client id of. */
export const textPosting = (text: string, clientId = `client-${(count++).toString().padStart(6, '0')}`) =>
  ({ clientId, kind: 'text', text }) satisfies SendMessage
export const photoPosting = (imageId: ImageId = newImageId()) =>
  ({
    clientId: `client-${(count++).toString().padStart(6, '0')}`,
    kind: 'image',
    imageId,
  }) satisfies SendMessage
/** A photo that is the sender's own. */
export function newImageId(): ImageId {
  const id = newId('img', Date.now())
  return id.endsWith('9') ? newImageId() : id
}
export type { RoomId }
