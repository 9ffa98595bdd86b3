import { DurableObject } from 'cloudflare:workers'
import type { MemberId, NotificationId } from '#contracts/ids'
import {
  ALWAYS_TOLD,
  type InboxFrame,
  NOTIFICATION_KEPT_MS,
  NOTIFICATION_TYPES,
  type Notification,
  type NotificationType,
  type Preferences,
  type QuietHours,
} from '#contracts/notifications'
import { MINUTE_MS, nowMs } from '#kit/clock'
import { newId } from '#kit/id'
import type { Locale } from '#kit/problem'
import { InboxStore } from './inbox.store.ts'
import type { Announced, Draft, Line, LinePage, Place, Taken } from './line.ts'
import { type Listener, Live } from './live.ts'
import { Outgoing, type Outside } from './outgoing.ts'
import { announceAtOf } from './quiet-hours.rules.ts'
import { resumePoint } from './resume.rules.ts'

export type { Draft, Line, LinePage, Place, Taken } from './line.ts'
export type { Delivered, Outside, Reachable } from './outgoing.ts'

/** Proxies end what lives half an hour; before that we do, and the reader comes back with its last number. */
const CONNECTION_LIVES_MS = 29 * MINUTE_MS

/**
 * One member's notifications: what came, what of it was read, what they want to be told and when, and who listens now. Its SQLite is
 * the truth; every decision is one synchronous transaction. Each announcement gets the next number of this inbox, and whoever lost the
 * line resumes behind the last number they saw. How a line reads is its worker's business (`show`).
 */
export abstract class MembersInbox<Env> extends DurableObject<Env> {
  readonly #store: InboxStore
  readonly #live: Live
  readonly #outgoing: Outgoing
  /** The last number any reader may have seen: what it stands for is on disk, so that no crash gives it to another line. */
  #toldSeq: number

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#store = new InboxStore(ctx.storage.sql)
    this.#live = new Live(ctx)
    this.#outgoing = new Outgoing(ctx.storage.sql, {
      inbox: this.#store,
      isWatched: (atMs) => this.#live.isWatched(atMs),
      outside: () => this.outside(),
    })
    this.#toldSeq = this.#store.lines.lastSeq()
    // An alarm that failed too often is dropped by the platform: whoever wakes the object next sets it again.
    ctx.blockConcurrencyWhile(() => this.#arm())
  }

  /** A line in words. */
  protected abstract show(line: Line, locale: Locale): Notification

  /** Devices and mail. */
  protected abstract outside(): Outside

  /**
   * Takes a notification for its owner, once for each source. What comes in quiet hours is listed at once and announced when they end.
   * The way to devices and by mail begins there too, by the object's alarm: nobody waits here for a push service.
   */
  async put(source: string, draft: Draft, atMs: number, owner: MemberId): Promise<Taken> {
    const taken = this.ctx.storage.transactionSync(() => {
      const outcome = this.#take(source, draft, atMs)
      if (outcome === 'stored') this.#outgoing.noteOwner(owner)
      return outcome
    })
    await this.#announce(atMs)
    await this.#arm()
    return taken
  }

  list(after: Place | null, isUnreadOnly: boolean, limit: number): LinePage {
    const lines = this.#store.lines.page(after, isUnreadOnly, limit + 1)
    return { lines: lines.slice(0, limit), hasMore: lines.length > limit, unread: this.#store.lines.unread() }
  }

  unread(): number {
    return this.#store.lines.unread()
  }

  /** Marks one as read or unread; null when this inbox has no such line. */
  mark(id: NotificationId, isRead: boolean): Line | null {
    const atMs = nowMs()
    const changed = isRead ? this.#store.lines.markRead(id, atMs) : this.#store.lines.markUnread(id)
    if (changed) this.#tell(isRead ? { t: 'gone', notificationId: id } : { t: 'badge' }, atMs)
    return this.#store.lines.line(id) ?? null
  }

  markAll(): number {
    const atMs = nowMs()
    if (this.#store.lines.markAllRead(atMs)) this.#tell({ t: 'badge' }, atMs)
    return this.#store.lines.unread()
  }

  /** False when this inbox has no such line. */
  remove(id: NotificationId): boolean {
    const removed = this.#store.lines.remove(id)
    if (removed) this.#tell({ t: 'gone', notificationId: id }, nowMs())
    return removed
  }

  /** Clears away what was read. */
  removeRead(): void {
    this.#store.lines.removeRead()
  }

  /** The member saw, elsewhere, everything this key collects up to `upTo`; what of it comes later is not told any more. */
  markCollapsed(collapseKey: string, upTo: number): void {
    const atMs = nowMs()
    const seen = this.ctx.storage.transactionSync(() => {
      this.#store.known.noteReadUpTo(collapseKey, upTo, atMs)
      const line = this.#store.lines.collecting(collapseKey)
      return line && line.happened <= upTo && this.#store.lines.markRead(line.id, atMs) ? line.id : null
    })
    if (seen) this.#tell({ t: 'gone', notificationId: seen }, atMs)
  }

  preferences(): Preferences {
    return this.#store.preferences.read()
  }

  /** Changes what is named. What waits for the end of quiet hours waits for the new ones, or is announced now. */
  async edit(change: {
    types?: Choices | undefined
    channels?: { push?: Choices | undefined; mail?: Choices | undefined } | undefined
    quietHours?: QuietHours | null | undefined
  }): Promise<Preferences> {
    const atMs = nowMs()
    this.ctx.storage.transactionSync(() => {
      for (const [type, isTold] of chosenIn(change.types)) this.#store.preferences.setType(type, isTold)
      for (const channel of ['push', 'mail'] as const)
        for (const [type, isOn] of chosenIn(change.channels?.[channel]))
          this.#store.preferences.setChannel(channel, type, isOn)
      if (change.quietHours === undefined) return
      this.#store.preferences.setQuietHours(change.quietHours)
      const announceAtMs = announceAtOf(change.quietHours, atMs)
      for (const waiting of this.#store.lines.waiting()) {
        this.#store.lines.putOff(waiting.id, announceAtMs)
        this.#outgoing.putOff(waiting.id, announceAtMs - waiting.announceAtMs)
      }
    })
    await this.#announce(atMs)
    await this.#arm()
    return this.#store.preferences.read()
  }

  /** The member has added a device, in that language: from now on what comes is sent to their devices too. */
  noteDevice(locale: Locale): void {
    if (this.#store.isGone()) return
    this.#outgoing.noteLanguage(locale)
    this.#outgoing.noteDevice(nowMs())
  }

  /** A ticket for one socket, good until `goodUntilMs`; the socket ends with the session. */
  ticket(goodUntilMs: number, endsAtMs: number): string {
    const ticket = crypto.randomUUID()
    this.#store.tickets.put(ticket, goodUntilMs, endsAtMs)
    return ticket
  }

  /** The member has left: everything goes, and what still comes is not kept. */
  wipe(): void {
    this.ctx.storage.transactionSync(() => this.#store.wipe())
    this.#live.closeAll()
  }

  /**
   * `/stream?after=&locale=&endsAtMs=` and `/socket?ticket=&after=&locale=` (403 without a good ticket). Both begin with `hello`, then
   * what was announced past `after`, in order, then what happens. Only our own worker reaches this.
   */
  override async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const atMs = nowMs()
    const asked = Number(searchParams.get('endsAtMs') ?? 0)
    const ends =
      pathname === '/stream'
        ? asked
        : this.#store.tickets.take(searchParams.get('ticket') ?? '', atMs)?.endsAtMs
    if (ends === undefined) return new Response(null, { status: 403 })
    const locale = searchParams.get('locale') === 'en' ? 'en' : 'ko'
    const listener: Listener = {
      locale,
      openedAtMs: atMs,
      endsAtMs: Math.min(atMs + CONNECTION_LIVES_MS, ends),
    }
    if (!this.#store.isGone()) this.#outgoing.noteLanguage(locale)
    const first = this.#beginning(resumePoint(searchParams.get('after'), this.#toldSeq), locale)
    const reply =
      pathname === '/stream' ? this.#live.openStream(listener, first) : this.#live.openSocket(listener, first)
    await this.#arm()
    return reply
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#live.heard(socket, message)
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // 1005 and 1006 say that no code came; they must not be sent.
    socket.close(code === 1005 || code === 1006 ? 1000 : code)
  }

  /** Announces what was put off, sends what is due, ends what has run out. Running twice or late finds nothing, or does it then. */
  override async alarm(): Promise<void> {
    const atMs = nowMs()
    this.#live.closeEnded(atMs)
    this.#store.prune(atMs)
    await this.#announce(atMs)
    await this.#outgoing.send(atMs)
    await this.#arm()
  }

  #take(source: string, draft: Draft, atMs: number): Taken {
    if (this.#store.isGone()) return 'gone'
    if (!this.#store.known.noteSource(source, atMs)) return 'known'
    const { types, channels, quietHours } = this.#store.preferences.read()
    if (!types[draft.type]) return 'off'
    const order = draft.order ?? 0
    if (
      draft.collapseKey !== null &&
      draft.order !== null &&
      order <= this.#store.known.readUpTo(draft.collapseKey)
    )
      return 'read'
    const announceAtMs = ALWAYS_TOLD.includes(draft.type) ? atMs : announceAtOf(quietHours, atMs)
    const line = draft.collapseKey === null ? undefined : this.#store.lines.collecting(draft.collapseKey)
    const id = line?.id ?? newId('ntf', atMs)
    if (line) this.#store.lines.collapse(id, draft, order >= line.happened, announceAtMs)
    else this.#store.lines.insert(id, draft, announceAtMs)
    this.#outgoing.note(id, draft, { announceAtMs, atMs }, channels)
    this.#store.prune(atMs)
    return 'stored'
  }

  /** Gives what is due its numbers, and tells it once they are on disk: a stream's words do not wait for that by themselves. */
  async #announce(atMs: number): Promise<void> {
    const due = this.ctx.storage.transactionSync(() => this.#store.lines.announceDue(atMs))
    const upTo = due.at(-1)?.seq
    if (upTo === undefined) return
    await this.ctx.storage.sync()
    this.#tellUpTo(upTo)
  }

  /** Tells in order what nobody was told yet; what is on its way to the disk is told by its own turn. */
  #tellUpTo(upTo: number): void {
    const lines = this.#store.lines.announcedAfter(this.#toldSeq).filter(({ seq }) => seq <= upTo)
    this.#toldSeq = Math.max(this.#toldSeq, upTo)
    const unread = this.#store.lines.unread()
    for (const line of lines) this.#live.tell((locale) => this.#frameOf(line, unread, locale), nowMs())
  }

  #beginning(after: number, locale: Locale): InboxFrame[] {
    const unread = this.#store.lines.unread()
    // Its number is where the reader stands, not where the inbox does: a line lost right after it must resume from there.
    const hello: InboxFrame = { t: 'hello', id: after, unread }
    const missed = this.#store.lines.announcedAfter(after).filter(({ seq }) => seq <= this.#toldSeq)
    return [hello, ...missed.map((line) => this.#frameOf(line, unread, locale))]
  }

  #frameOf(line: Announced, unread: number, locale: Locale): InboxFrame {
    return { t: 'notification', id: line.seq, unread, notification: this.show(line, locale) }
  }

  #tell(what: { t: 'gone'; notificationId: NotificationId } | { t: 'badge' }, atMs: number): void {
    const frame: InboxFrame = { ...what, id: this.#toldSeq, unread: this.#store.lines.unread() }
    this.#live.tell(() => frame, atMs)
  }

  /** Sets the alarm to the next moment something is due; a moment that is already past fires at once. */
  async #arm(): Promise<void> {
    const { announceAtMs, oldestAtMs } = this.#store.lines.nextMoments()
    const expiresAtMs = oldestAtMs === null ? null : oldestAtMs + NOTIFICATION_KEPT_MS + MINUTE_MS
    const ends = [expiresAtMs, this.#live.nextEndMs()]
    const moments = [announceAtMs, this.#outgoing.nextDueMs(), ...ends].filter((moment) => moment !== null)
    if (moments.length === 0) return
    const next = Math.min(...moments)
    const armed = await this.ctx.storage.getAlarm()
    if (armed === null || armed > next) await this.ctx.storage.setAlarm(next)
  }
}

type Choices = Partial<Record<NotificationType, boolean>>
const chosenIn = (choices: Choices = {}): [NotificationType, boolean][] =>
  NOTIFICATION_TYPES.flatMap((type): [NotificationType, boolean][] => {
    const choice = choices[type]
    return choice === undefined ? [] : [[type, choice]]
  })

/** The inbox object's name is its member's id. */
export const inboxNameOf = (memberId: MemberId): string => memberId
