import { deadQueueOf } from '#contracts/subscriptions'
import { ROOM_LIMITS } from '#do/chat-room/frames.rules'
import { chatRoomClass } from '#do/chat-room/index'
import { consume, keepDeadLetters } from '#kit/consume'
import { readEnv } from '#kit/env'
import { handlersOf } from './consumer.ts'
import { ChatEnv } from './env.ts'
import { flushRoom } from './flush.service.ts'
import { app } from './http.ts'
import { hangPhoto } from './message.service.ts'

export { ChatRpc } from './rpc.ts'

/** A room, whose storage is the truth about what was said in it (durable-objects/chat-room). */
export const ChatRoom = chatRoomClass(
  (raw) => readEnv(ChatEnv, raw),
  flushRoom,
  hangPhoto,
  ({ FRAMES_PER_SECOND: perSecond }) =>
    perSecond ? { limits: { ...ROOM_LIMITS, framesPerSecond: perSecond, frameBurst: 2 * perSecond } } : {},
)

export default {
  fetch: app.fetch,
  async queue(batch: MessageBatch, raw: object): Promise<void> {
    const env = readEnv(ChatEnv, raw)
    if (batch.queue === deadQueueOf('chat')) return await keepDeadLetters(batch, env.DB)
    await consume(batch, env.DB, handlersOf(env))
  },
}
