import { type ClientFrame, PING_FRAME, RoomFrame } from '#contracts/chat'
import { eventually } from '../support/platform.ts'

type Waiting = { wants: (frame: RoomFrame) => boolean; take: (frame: RoomFrame) => void }
const WAIT_MS = 10_000

/** One socket of a member, with every frame the room said on it. */
export async function connect(url: string) {
  const socket = new WebSocket(url)
  const frames: RoomFrame[] = []
  const waiting = new Set<Waiting>()
  const ended = new Promise<{ code: number }>((resolve) => {
    socket.addEventListener('close', ({ code }) => resolve({ code }))
  })
  socket.addEventListener('message', ({ data }) => {
    const frame = RoomFrame.parse(JSON.parse(String(data)))
    frames.push(frame)
    for (const one of waiting) if (one.wants(frame)) one.take(frame)
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('the socket was refused')))
  })

  /** The first frame of this kind that fits, said already or still to come. */
  function heard<Kind extends RoomFrame['t']>(
    t: Kind,
    fits: (frame: Extract<RoomFrame, { t: Kind }>) => boolean = () => true,
  ): Promise<Extract<RoomFrame, { t: Kind }>> {
    const isIt = (frame: RoomFrame): frame is Extract<RoomFrame, { t: Kind }> =>
      frame.t === t && fits(frame as Extract<RoomFrame, { t: Kind }>)
    const said = frames.find(isIt)
    if (said) return Promise.resolve(said)
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no ${t} within ${WAIT_MS} ms`)), WAIT_MS)
      const one: Waiting = {
        wants: isIt,
        take: (frame) => {
          clearTimeout(late)
          waiting.delete(one)
          if (isIt(frame)) resolve(frame)
        },
      }
      waiting.add(one)
    })
  }

  return {
    socket,
    frames,
    heard,
    /** Resolves with the close code once the socket is gone. */
    ended,
    /**
     * The close code of a socket that the room closed. The closing frame comes at once; on one machine the runtime lets go of the connection
     * only when the room falls asleep, which is made to happen here rather than waited for.
     */
    sentAway: async (room: { evict: () => Promise<void> }): Promise<{ code: number }> => {
      await eventually(async () => {
        if (socket.readyState === WebSocket.OPEN) throw new Error('still open')
      })
      await room.evict()
      return await ended
    },
    say: (frame: ClientFrame) => socket.send(JSON.stringify(frame)),
    ping: () => socket.send(PING_FRAME),
    of: <Kind extends RoomFrame['t']>(t: Kind) =>
      frames.filter((frame): frame is Extract<RoomFrame, { t: Kind }> => frame.t === t),
    close: () => socket.close(),
  }
}
export type Client = Awaited<ReturnType<typeof connect>>
