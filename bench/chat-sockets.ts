import { z } from 'zod'

const Frame = z.object({ t: z.string(), clientId: z.string().nullish(), text: z.string().optional() })
const OPENED_AT_ONCE = 50

/** One open socket of the benchmark; `heard` is called for each frame it gets. */
export type Socket = { send: (clientId: string, text: string) => void; close: () => void }
export type Heard = { t: string; clientId: string; text: string }

/** Opens all sockets, some at a time; `urlOf` may have to fetch a ticket first. */
export async function openAll(
  count: number,
  urlOf: (index: number) => Promise<string>,
  heard: (index: number, frame: Heard) => void,
): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (let start = 0; start < count; start += OPENED_AT_ONCE) {
    const batch = Array.from({ length: Math.min(OPENED_AT_ONCE, count - start) }, (_, place) => start + place)
    sockets.push(...(await Promise.all(batch.map((index) => open(index, urlOf, heard)))))
  }
  return sockets
}

async function open(
  index: number,
  urlOf: (index: number) => Promise<string>,
  heard: (index: number, frame: Heard) => void,
): Promise<Socket> {
  const socket = new WebSocket(await urlOf(index))
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error(`socket ${index} did not open`)))
  })
  socket.addEventListener('message', ({ data }) => {
    const { t, clientId, text } = Frame.parse(JSON.parse(String(data)))
    heard(index, { t, clientId: clientId ?? '', text: text ?? '' })
  })
  return {
    send: (clientId, text) => socket.send(JSON.stringify({ t: 'send', clientId, kind: 'text', text })),
    close: () => socket.close(),
  }
}
