import { untrack } from 'svelte'
import type { Ticket } from '#contracts/chat'
import type { InboxFrame, Notification } from '#contracts/notifications'
import { goto } from '$app/navigation'
import { page } from '$app/state'
import { call } from '$lib/api/client.ts'
import { m } from '$lib/paraglide/messages.js'
import { getLocale } from '$lib/paraglide/runtime.js'
import { say } from '$lib/ui/toasts.svelte.ts'
import { readFrame, retryInMs, shouldSay } from './line.ts'

const PING_EVERY_MS = 15_000
const PING = '{"t":"ping"}'
/** Nothing heard for this long, not even an answer to a ping: the line is dead without having closed. */
const SILENT_AFTER_MS = 45_000
const ASK_CHATS_AFTER_MS = 300

export type Badges = { unread: number; askChats(): Promise<void>; ask(): Promise<void> }
/** Told of every frame, so that an open list can follow. */
type Hearer = (frame: InboxFrame) => void
const hearers = new Set<Hearer>()

/** Follows the frames that come while a page is open; answers with the way to stop. */
export function hear(hearer: Hearer): () => void {
  hearers.add(hearer)
  return () => hearers.delete(hearer)
}

/** Holds the socket of the member's inbox open, for as long as the page lives, through sleeps and tunnels. */
export function listen(badges: Badges): () => void {
  let socket: WebSocket | null = null
  let ended = false
  let lastId: number | null = null
  let caughtUpTo = 0
  let failures = 0
  let heardAt = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let chats: ReturnType<typeof setTimeout> | undefined

  async function connect() {
    clearTimeout(retry)
    if (ended || socket !== null || document.hidden) return
    const given = await call<Ticket>(fetch, 'POST', '/notifications/ticket')
    // Signed out, or asked from two sides at once: the other one won.
    if (ended || socket !== null) return
    if (!given.ok) return later()
    const { url } = given.value
    const address = new URL(url, location.origin)
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
    address.searchParams.set('locale', getLocale())
    if (lastId !== null) address.searchParams.set('afterId', String(lastId))
    const opened = new WebSocket(address)
    socket = opened
    heardAt = Date.now()
    opened.onmessage = ({ data }) => take(data)
    opened.onclose = () => {
      if (socket !== opened) return
      socket = null
      later()
    }
  }

  function later() {
    clearTimeout(retry)
    if (!ended) retry = setTimeout(connect, retryInMs(failures++, Math.random()))
  }

  function take(data: unknown) {
    heardAt = Date.now()
    const frame = readFrame(data)
    if (frame === null) return
    failures = 0
    if (frame.t === 'hello') caughtUpTo = frame.id
    lastId = Math.max(lastId ?? 0, frame.id)
    badges.unread = frame.unread
    if (frame.t === 'notification' && frame.id > caughtUpTo) announce(frame.notification)
    if (frame.t !== 'hello') askChatsSoon()
    for (const hearer of hearers) hearer(frame)
  }

  // A burst of messages asks once.
  function askChatsSoon() {
    clearTimeout(chats)
    chats = setTimeout(() => void badges.askChats(), ASK_CHATS_AFTER_MS)
  }

  const beat = setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN) return
    if (Date.now() - heardAt > SILENT_AFTER_MS) drop()
    else socket.send(PING)
  }, PING_EVERY_MS)

  function drop() {
    const dead = socket
    socket = null
    dead?.close()
    void connect()
  }

  function look() {
    if (document.hidden) return
    void badges.ask()
    void connect()
  }
  const back = () => drop()
  document.addEventListener('visibilitychange', look)
  addEventListener('online', back)
  void connect()

  return () => {
    ended = true
    clearTimeout(retry)
    clearTimeout(chats)
    clearInterval(beat)
    document.removeEventListener('visibilitychange', look)
    removeEventListener('online', back)
    socket?.close()
  }
}

function announce({ title, url, type }: Notification): void {
  if (
    !shouldSay(
      { type, url },
      untrack(() => page.url.pathname),
    )
  )
    return
  say(title, 'plain', { word: m.ntf_see(), run: () => void goto(url) })
}
