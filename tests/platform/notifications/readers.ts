import { InboxFrame } from '#contracts/notifications'

const WAIT_MS = 10_000

type Heard = { frames: InboxFrame[]; raw: string; isOver: boolean }

/** An SSE stream of one member, read as an EventSource would: whole events only, the last id remembered. */
export async function openStream(url: URL, headers: Record<string, string>) {
  const stop = new AbortController()
  const reply = await fetch(url, { headers, signal: stop.signal })
  const heard: Heard & { lastId: string | undefined } = {
    ...{ frames: [], raw: '', lastId: undefined, isOver: false },
  }
  const ended = reading(reply, (event) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(event)?.[1]
    const data = field('data')
    heard.raw += `${event}\n\n`
    if (data === undefined) return
    heard.frames.push(InboxFrame.parse(JSON.parse(data)))
    heard.lastId = field('id')
  }).finally(() => {
    heard.isOver = true
  })
  return {
    status: reply.status,
    type: reply.headers.get('content-type'),
    heard,
    ended,
    until: (fits: (frame: InboxFrame) => boolean) => until(heard, fits),
    /** The line drops. */
    drop: () => stop.abort(),
  }
}

async function reading(reply: Response, take: (event: string) => void): Promise<void> {
  let rest = ''
  const decoder = new TextDecoder()
  try {
    for await (const chunk of reply.body ?? []) {
      const events = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) take(event)
    }
  } catch {
    // Dropped by us, or the platform was killed: what was whole until then was taken.
  }
}

/** A socket of one member, with every frame it was told. */
export async function listen(url: string) {
  const socket = new WebSocket(url)
  const heard: Heard = { frames: [], raw: '', isOver: false }
  const ended = new Promise<number>((resolve) => {
    socket.addEventListener('close', ({ code }) => {
      heard.isOver = true
      resolve(code)
    })
  })
  socket.addEventListener('message', ({ data }) => {
    heard.raw += String(data)
    const frame = InboxFrame.safeParse(JSON.parse(String(data)))
    if (frame.success) heard.frames.push(frame.data)
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('the socket was refused')))
  })
  const waitFor = (fits: (frame: InboxFrame) => boolean) => until(heard, fits)
  return { socket, heard, ended, until: waitFor, close: () => socket.close() }
}

async function until(heard: Heard, fits: (frame: InboxFrame) => boolean): Promise<InboxFrame> {
  const lateMs = Date.now() + WAIT_MS
  for (;;) {
    const found = heard.frames.find(fits)
    if (found) return found
    if (Date.now() > lateMs) throw new Error(`not heard: ${JSON.stringify(heard.frames)}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
