import { describe, expect, it } from 'vitest'
import { readFrame, retryInMs, shouldSay } from './line.ts'

describe('the live line', () => {
  it('waits longer after each failure, never past a minute, never all at once', () => {
    expect(retryInMs(0, 1)).toBe(1_000)
    expect(retryInMs(0, 0)).toBe(500)
    expect(retryInMs(3, 1)).toBe(8_000)
    expect(retryInMs(500, 1)).toBe(60_000)
  })

  it('reads the frames it knows and leaves out everything else', () => {
    expect(readFrame('{"t":"badge","id":4,"unread":2}')).toEqual({ t: 'badge', id: 4, unread: 2 })
    for (const odd of ['{"t":"pong"}', '{"t":"later","id":1,"unread":1}', 'null', '[]', '{', '7', new Blob()])
      expect(readFrame(odd)).toBeNull()
  })

  it('stays quiet about the room that is open and over the list itself', () => {
    const chat = { type: 'chat', url: '/chat/room_1' } as const
    expect(shouldSay(chat, '/chat/room_1')).toBe(false)
    expect(shouldSay({ ...chat, url: '/chat/room_1?seq=4' }, '/chat/room_1')).toBe(false)
    expect(shouldSay(chat, '/chat/room_2')).toBe(true)
    expect(shouldSay(chat, '/notifications')).toBe(false)
    expect(shouldSay({ type: 'comment', url: '/listings/lst_1#comments' }, '/listings/lst_1')).toBe(true)
  })
})
