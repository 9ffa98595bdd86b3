import { DurableObject } from 'cloudflare:workers'
import { z } from 'zod'
import { CLOSE_CODES, type Message, type MessagePage, Seq, type SystemLine } from '#contracts/chat'
import type { Refusal, Result } from '#contracts/errors'
import type { ImageId, MemberId, RoomId } from '#contracts/ids'
import type { Image } from '#contracts/media'
import { nowMs } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { localeOf, problemResponse } from '#kit/problem'
import { ok } from '#kit/result'
import { FLUSH_AFTER_MS } from './facts.store.ts'
import { Flushing } from './flushing.ts'
import { messageFrame, ROOM_LIMITS, type RoomLimits } from './frames.rules.ts'
import { Gathering } from './gathering.ts'
import { History } from './history.ts'
import { Revisions } from './revisions.ts'
import type { Flush, Posting, RoomGathering, RoomObject, RoomSeed } from './room.api.ts'
import { RoomService } from './room.service.ts'
import { close, Sockets } from './sockets.ts'
import { makeTables } from './tables.ts'
import { Talk } from './talk.ts'

/** A room as its worker sees it. */
export type ChatRoom = RoomObject

/** Hangs a photo on the room in its member's name, so that it stays; asked again for the same photo it answers the same. */
export type Hang<Env> = (
  env: Env,
  photo: { roomId: RoomId; memberId: MemberId; imageId: ImageId },
) => Promise<Result<Image>>

/** What a deployment or a test may set otherwise. */
export type RoomSettings = {
  limits: RoomLimits
  /** Hosts whose links are no outside links. */
  ownHosts: readonly string[]
}
const SETTINGS: RoomSettings = { limits: ROOM_LIMITS, ownHosts: [] }

const Query = z.object({
  ticket: z.string().max(100),
  afterSeq: z.coerce.number().pipe(Seq).optional(),
  afterRevision: z.coerce.number().pipe(Seq).optional(),
})

/**
 * The object of one room (see room.api.ts). Its storage is the truth; the database learns of it through `flush`, by alarm, until it
 * succeeded. Sockets sleep with the room. Nothing is said on a socket before what it says is stored: the runtime holds it back.
 */
export function chatRoomClass<Env>(
  readEnv: (raw: object) => Env,
  flush: Flush<Env>,
  hang: Hang<Env>,
  settingsOf: (env: Env) => Partial<RoomSettings> = () => ({}),
) {
  return class ChatRoom extends DurableObject<object> implements RoomObject {
    readonly #env: Env
    readonly #settings: RoomSettings
    readonly #room: RoomService
    readonly #flushing: Flushing
    readonly #sockets: Sockets
    readonly #gathering: Gathering
    readonly #history: History
    readonly #revisions: Revisions
    readonly #talk: Talk
    #armedAtMs: number | null = null

    constructor(ctx: DurableObjectState, env: object) {
      super(ctx, env)
      this.#env = readEnv(env)
      this.#settings = { ...SETTINGS, ...settingsOf(this.#env) }
      makeTables(ctx.storage.sql)
      this.#room = new RoomService(ctx.storage, this.#settings.ownHosts)
      this.#gathering = new Gathering(this.#room)
      this.#history = new History(this.#room)
      this.#revisions = new Revisions(this.#room)
      this.#flushing = new Flushing(ctx.storage.sql, this.#room)
      this.#sockets = new Sockets(ctx, () => this.#room.isCloseKnit())
      this.#talk = new Talk({
        room: this.#room,
        history: this.#history,
        sockets: this.#sockets,
        limits: this.#settings.limits,
        hang: (photo) => hang(this.#env, photo),
        changed: () => this.#armFlush(),
      })
      for (const host of this.#sockets.hosts()) this.#room.knowHost(host)
      // Whatever became of the alarm, a room that wakes looks itself when it is due.
      ctx.blockConcurrencyWhile(async () => {
        this.#armedAtMs = await ctx.storage.getAlarm()
        this.#arm()
      })
    }

    async open(seed: RoomSeed): Promise<void> {
      this.#room.open(seed, nowMs())
      this.#arm()
    }

    async ticket(memberId: MemberId, sessionEndsAtMs: number): Promise<Result<{ ticket: string }>> {
      const standing = this.#room.standingOf(memberId)
      if (!standing.ok) return standing
      return ok({ ticket: this.#room.tickets.issue(memberId, sessionEndsAtMs, nowMs()) })
    }

    override async fetch(request: Request): Promise<Response> {
      const refused = (refusal: Refusal) =>
        problemResponse(refusal, localeOf(request.headers), request.headers.get('traceparent') ?? '')
      if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket')
        return refused({
          code: 'VALIDATION_FAILED',
          errors: [{ path: 'upgrade', message: 'websocket expected' }],
        })
      const query = Query.safeParse(Object.fromEntries(new URL(request.url).searchParams))
      if (!query.success) return refused({ code: 'TICKET_INVALID' })
      const atMs = nowMs()
      const ticket = this.#room.tickets.take(query.data.ticket, atMs)
      if (ticket === null || !this.#room.standingOf(ticket.member_id).ok)
        return refused({ code: 'TICKET_INVALID' })
      const { 0: theirs, 1: ours } = new WebSocketPair()
      const { member_id: memberId, session_ends_at_ms: sessionEndsAtMs } = ticket
      const { host } = new URL(request.url)
      this.#room.knowHost(host)
      this.#sockets.accept(ours, { memberId, sessionEndsAtMs, openedAtMs: atMs, host })
      this.#sockets.keepNewest(memberId, this.#settings.limits.socketsPerMemberMax)
      this.#talk.catchUp(ours, memberId, query.data.afterSeq, query.data.afterRevision, atMs)
      this.#sockets.announcePresence(atMs, { newcomer: ours })
      this.#arm()
      return new Response(null, { status: 101, webSocket: theirs })
    }

    async send(
      memberId: MemberId,
      posting: Posting,
    ): Promise<Result<{ message: Message; replayed: boolean }>> {
      const sent = this.#talk.post(memberId, posting)
      return sent.ok ? ok({ message: sent.value.message, replayed: sent.value.replayed }) : sent
    }

    async read(memberId: MemberId, seq: number): Promise<Result<{ seq: number }>> {
      return this.#talk.read(memberId, seq)
    }

    async edit(memberId: MemberId, seq: number, text: string): Promise<Result<Message>> {
      const edited = this.#revisions.edit(memberId, seq, text, nowMs())
      if (!edited.ok) return edited
      this.#tellChange(edited.value.change)
      return ok(edited.value.message)
    }

    async remove(
      memberId: MemberId,
      seq: number,
    ): Promise<Result<{ message: Message; imageId: ImageId | null }>> {
      const removed = this.#revisions.remove(memberId, seq, nowMs())
      if (!removed.ok) return removed
      const { message, imageId, change } = removed.value
      this.#tellChange(change)
      return ok({ message, imageId })
    }

    async history(
      memberId: MemberId,
      query: { beforeSeq?: number; afterSeq?: number; limit: number },
    ): Promise<Result<MessagePage>> {
      return this.#history.page(memberId, query)
    }

    async mute(memberId: MemberId, untilMs: number | null): Promise<Result<null>> {
      const muted = this.#room.mute(memberId, untilMs, nowMs())
      this.#arm()
      return muted
    }

    async leave(memberId: MemberId): Promise<Result<null>> {
      const left = this.#room.leave(memberId, nowMs())
      if (!left.ok) return left
      if (left.value) this.#sockets.tell(messageFrame(left.value))
      await this.disconnect(memberId, CLOSE_CODES.ENDED)
      return ok(null)
    }

    async setBlocked(by: MemberId, blocked: MemberId, isBlocked: boolean): Promise<void> {
      this.#room.setBlocked(by, blocked, isBlocked, nowMs())
      this.#arm()
    }

    async gather(gathering: RoomGathering): Promise<void> {
      const { went, lines } = this.#gathering.gather(gathering, nowMs())
      for (const memberId of went) this.#sockets.closeAll(CLOSE_CODES.ENDED, 'no longer in it', memberId)
      for (const line of lines) this.#sockets.tell(messageFrame(line))
      if (went.length > 0) this.#sockets.announcePresence(nowMs())
      this.#arm()
    }

    async note(source: string, line: SystemLine, close?: { purgeAtMs: number }): Promise<void> {
      const noted = this.#room.note(source, line, close, nowMs())
      if (noted.message) this.#sockets.tell(messageFrame(noted.message))
      if (noted.closed) this.#sockets.tell({ t: 'state', state: 'closed' })
      this.#arm()
    }

    async evidence(seq: number): Promise<Result<Message[]>> {
      return this.#history.evidence(seq)
    }

    async hide(seq: number, hidden: boolean): Promise<Result<{ senderId: MemberId }>> {
      const hid = this.#revisions.hide(seq, hidden, nowMs())
      if (!hid.ok) return hid
      this.#tellChange(hid.value.change)
      return ok({ senderId: hid.value.senderId })
    }

    async disconnect(
      memberId: MemberId,
      code: (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES],
    ): Promise<void> {
      this.#room.tickets.revoke(memberId)
      this.#sockets.closeAll(code, 'disconnected', memberId)
      this.#sockets.announcePresence(nowMs())
      this.#arm()
    }

    async purge(): Promise<void> {
      this.#sockets.closeAll(CLOSE_CODES.GONE, 'the room is gone')
      await this.ctx.storage.deleteAlarm()
      await this.ctx.storage.deleteAll()
      this.#armedAtMs = null
      makeTables(this.ctx.storage.sql)
      this.#room.forget()
    }

    /** Twice or late is harmless; it never throws and arms itself again, so the platform's few retries do not matter. */
    override async alarm(): Promise<void> {
      this.#armedAtMs = null
      const atMs = nowMs()
      this.#sockets.closeEnded(atMs)
      this.#sockets.announcePresence(atMs)
      this.#room.tickets.sweep(atMs)
      const dueAtMs = this.#flushing.dueAtMs()
      if (dueAtMs !== null && dueAtMs <= atMs) await this.#flushAll()
      this.#arm()
    }

    override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
      await this.#talk.hear(socket, data, nowMs())
    }

    override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
      close(socket, code === 1005 || code === 1006 ? 1000 : code, '')
      this.#sockets.announcePresence(nowMs(), { without: socket })
    }

    override async webSocketError(socket: WebSocket): Promise<void> {
      this.#sockets.announcePresence(nowMs(), { without: socket })
    }

    #tellChange(change: { revision: number; message: Message } | null): void {
      if (change) this.#sockets.tell({ t: 'changed', ...change })
      this.#arm()
    }

    /** Everything there is by now. What is said meanwhile waits for the next time: a room that never falls silent ends too. */
    async #flushAll(): Promise<void> {
      const upTo = this.#room.facts.get()?.version ?? 0
      try {
        for (let part = this.#flushing.start(); part !== null; part = this.#flushing.start()) {
          await flush(this.#env, part)
          this.#flushing.end(part.version, nowMs())
          if (part.version >= upTo) break
        }
      } catch (error) {
        log('warn', 'room not flushed yet', describeError(error))
        this.#flushing.putOff(nowMs())
      }
    }

    /** After a change; an alarm that rings before it would be due anyway sees to it. */
    #armFlush(): void {
      if (this.#armedAtMs === null || this.#armedAtMs > nowMs() + FLUSH_AFTER_MS) this.#arm()
    }

    /** One alarm for whatever comes first. An alarm that is set for earlier already stays: it sets the next. */
    #arm(): void {
      const times = [this.#flushing.dueAtMs(), this.#sockets.nextLookAtMs(nowMs())].filter(
        (time) => time !== null,
      )
      if (times.length === 0) return
      const nextMs = Math.min(...times)
      if (this.#armedAtMs !== null && this.#armedAtMs <= nextMs) return
      this.#armedAtMs = nextMs
      void this.ctx.storage.setAlarm(nextMs)
    }
  }
}

export type { RoomLimits } from './frames.rules.ts'
