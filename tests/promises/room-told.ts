import { type Flushed, type OpenedRoom, textPosting } from './room-alone.ts'

/** What a room has told its database so far, as tests look at it. */
export const lastTold = async (room: OpenedRoom): Promise<Flushed | undefined> =>
  (await room.flushes()).at(-1)

/** Who was to be told of which message. */
export const tellingsOf = async (room: OpenedRoom): Promise<Flushed['tellings']> =>
  (await room.flushes()).flatMap(({ tellings }) => tellings)

/** Who has left, as the database knows it. */
export const leftOf = async (room: OpenedRoom): Promise<string[] | undefined> =>
  (await lastTold(room))?.members.filter(({ leftAtMs }) => leftAtMs !== null).map(({ memberId }) => memberId)

/** Each message by its place, as it reads when everything told is taken together. */
export async function wordsTold(room: OpenedRoom): Promise<(string | undefined)[]> {
  const words: (string | undefined)[] = []
  for (const { messages } of await room.flushes()) for (const { seq, text } of messages) words[seq - 1] = text
  return words
}

/**
 * The seller says so much, changes much of it, and the room dies and is not heard by its database in between; answers how it reads in the
 * end.
 */
export async function talkWithChanges(room: OpenedRoom, messages: number): Promise<string[]> {
  await room.failFlushes('before', 1)
  const said = Array.from({ length: messages }, (_, index) => `줄 ${index}`)
  for (const [index, text] of said.entries()) {
    await room.send(room.sellerId, textPosting(text))
    if (index === 150) await room.failFlushes('after', 1)
    if (index % 7 !== 6) continue
    // One said just now and one said long ago, which the database may have by then.
    for (const place of [index, Math.floor(index / 2)]) {
      said[place] = `${text}, 고침 ${place}`
      await room.edit(room.sellerId, place + 1, said[place])
    }
    if (index % 35 === 6) await room.evict()
  }
  return said
}
