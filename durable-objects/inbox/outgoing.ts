import { MemberId, type NotificationId } from '#contracts/ids'
import type { Preferences } from '#contracts/notifications'
import { MINUTE_MS, nowMs } from '#kit/clock'
import { describeError, log } from '#kit/log'
import type { Locale } from '#kit/problem'
import type { InboxStore } from './inbox.store.ts'
import type { Draft, Line } from './line.ts'
import { retryAtOf, TRIES_MAX } from './outgoing.rules.ts'
import { BY_MAIL, type Due, OutgoingStore, TO_DEVICES } from './outgoing.store.ts'

/** How long an unread line may wait for a device to take it before it is written to the member. */
const MAILED_AFTER_MS = 10 * MINUTE_MS
const SENT_AT_ONCE = 50

/** `gone`: the device will never take anything again; `refused`: it will never take this. `later`: in so long, if it was said. */
export type Delivered = { kind: 'taken' | 'gone' | 'refused' } | { kind: 'later'; afterMs: number | null }
export type Reachable = { id: string; push(line: Line, unread: number): Promise<Delivered> }
/** The world outside of our pages, as an inbox reaches it. */
export type Outside = {
  devicesOf(owner: MemberId): Promise<Reachable[]>
  /** False when it must be tried again. */
  mail(owner: MemberId, line: Line, locale: Locale): Promise<boolean>
}

const OWNER = 'owner'
/** Set, to when, as long as the member may have devices: who has none costs no look at them. */
const MAY_HAVE_DEVICES = 'devices'
const LANGUAGE = 'locale'

/**
 * What leaves an inbox for devices and by mail. It is written down in the transaction that keeps the line and sent by the object's alarm:
 * late when a push service is away, twice when the object dies between sending and crossing off, which the line's id as topic makes one
 * message again. Whoever looks at our pages is not called; what was read meanwhile is not sent.
 */
export class Outgoing {
  readonly #inbox: InboxStore
  readonly #store: OutgoingStore
  readonly #isWatched: (atMs: number) => boolean
  readonly #outside: () => Outside

  constructor(
    sql: SqlStorage,
    parts: { inbox: InboxStore; isWatched: (atMs: number) => boolean; outside: () => Outside },
  ) {
    this.#store = new OutgoingStore(sql)
    this.#inbox = parts.inbox
    this.#isWatched = parts.isWatched
    this.#outside = parts.outside
  }

  /** Writes down which ways a line is to go, once it is announced. */
  note(
    id: NotificationId,
    { type, byMail }: Draft,
    when: { announceAtMs: number; atMs: number },
    { push, mail }: Preferences['channels'],
  ): void {
    const { announceAtMs, atMs } = when
    const isSeenAtOnce = announceAtMs <= atMs && this.#isWatched(atMs)
    if (push[type] && !isSeenAtOnce && this.#inbox.facts.get(MAY_HAVE_DEVICES) !== undefined)
      this.#store.putDevices(id, announceAtMs)
    if (mail[type] && byMail === 'unless_seen') this.#store.putMail(id, announceAtMs + MAILED_AFTER_MS)
  }

  putOff(id: NotificationId, byMs: number): void {
    this.#store.putOff(id, byMs)
  }

  noteOwner(owner: MemberId): void {
    if (this.#inbox.facts.get(OWNER) === undefined) this.#inbox.facts.set(OWNER, owner)
  }

  noteLanguage(locale: Locale): void {
    if (this.#inbox.facts.get(LANGUAGE) !== locale) this.#inbox.facts.set(LANGUAGE, locale)
  }

  /** The member has a new device. */
  noteDevice(atMs: number): void {
    this.#inbox.facts.set(MAY_HAVE_DEVICES, String(atMs))
  }

  nextDueMs(): number | null {
    return this.#store.nextDueMs()
  }

  /** Sends what is due. What cannot be sent now is due again later, a bounded number of times. */
  async send(atMs: number): Promise<void> {
    this.#store.dropSettled()
    const due = this.#store.due(atMs, SENT_AT_ONCE)
    if (due.length === 0) return
    const owner = MemberId.parse(this.#inbox.facts.get(OWNER))
    const pushes = due.filter(({ way }) => way !== BY_MAIL)
    if (this.#isWatched(atMs)) this.#dropAll(pushes)
    else if (pushes.length > 0) await this.#push(owner, pushes)
    for (const each of due.filter(({ way }) => way === BY_MAIL)) await this.#mail(owner, each)
  }

  async #push(owner: MemberId, due: Due[]): Promise<void> {
    const hint = this.#inbox.facts.get(MAY_HAVE_DEVICES)
    const devices = await this.#devicesOf(owner)
    if (devices === null) {
      for (const each of due) this.#later(each, null)
      return
    }
    // Only as it was before the look: a device that came meanwhile set it anew.
    if (devices.length === 0 && this.#inbox.facts.get(MAY_HAVE_DEVICES) === hint)
      this.#inbox.facts.forget(MAY_HAVE_DEVICES)
    const ids = devices.map(({ id }) => id)
    for (const { id, way } of due) if (way === TO_DEVICES) this.#store.fanOut(id, ids, nowMs())
    for (const { id, way, tries } of due) {
      const wanted = way === TO_DEVICES ? ids : [way]
      await Promise.all(wanted.map((wantedId) => this.#pushTo({ id, way: wantedId, tries }, devices)))
    }
  }

  async #devicesOf(owner: MemberId): Promise<Reachable[] | null> {
    try {
      return await this.#outside().devicesOf(owner)
    } catch (error) {
      log('warn', 'the devices of a member cannot be looked up, tried again', describeError(error))
      return null
    }
  }

  async #pushTo(due: Due, devices: Reachable[]): Promise<void> {
    const device = devices.find(({ id }) => id === due.way)
    const line = this.#lineToSend(due.id, 'push')
    if (device === undefined || line === null) return this.#store.drop(due.id, due.way)
    const delivered = await this.#tried(() => device.push(line, this.#inbox.lines.unread()))
    if (delivered.kind === 'later') return this.#later(due, delivered.afterMs)
    this.#store.drop(due.id, due.way)
    if (delivered.kind === 'taken') this.#store.drop(due.id, BY_MAIL)
  }

  async #tried(push: () => Promise<Delivered>): Promise<Delivered> {
    try {
      return await push()
    } catch (error) {
      log('warn', 'a push message could not be sent, tried again', describeError(error))
      return { kind: 'later', afterMs: null }
    }
  }

  async #mail(owner: MemberId, due: Due): Promise<void> {
    const line = this.#lineToSend(due.id, 'mail')
    if (line === null) return this.#store.drop(due.id, due.way)
    const locale = this.#inbox.facts.get(LANGUAGE) === 'en' ? 'en' : 'ko'
    const isDone = await this.#outside()
      .mail(owner, line, locale)
      .catch(() => false)
    if (isDone) this.#store.drop(due.id, due.way)
    else this.#later(due, null)
  }

  /** The line as it stands now; null when it was read or removed meanwhile, or the member turned this way off. */
  #lineToSend(id: NotificationId, channel: 'push' | 'mail'): Line | null {
    const line = this.#inbox.lines.line(id)
    if (line === undefined || line.readAtMs !== null) return null
    return this.#inbox.preferences.read().channels[channel][line.type] ? line : null
  }

  #later(due: Due, afterMs: number | null): void {
    if (due.tries + 1 < TRIES_MAX) {
      this.#store.later(due, retryAtOf(nowMs(), due.tries, afterMs))
      return
    }
    log('warn', 'a notification is not sent any more', { notificationId: due.id, way: due.way })
    this.#store.drop(due.id, due.way)
  }

  #dropAll(due: Due[]): void {
    for (const { id, way } of due) this.#store.drop(id, way)
  }
}
