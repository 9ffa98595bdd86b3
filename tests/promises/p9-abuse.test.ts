import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLOSE_CODES, FRAME_BYTES_MAX } from '#contracts/chat'
import { eventually } from '../support/platform.ts'
import { type Rooms, startRooms, textPosting } from './room-alone.ts'
import { connect } from './room-client.ts'

/** Adversarial case 51 against a room with the platform's limits; the foreign Origin is refused before it (see the chat worker). */
let rooms: Rooms
beforeAll(async () => {
  rooms = await startRooms()
})
afterAll(() => rooms.close())

const open = async () => {
  const room = await rooms.open('strict')
  return { room, client: await connect(await room.socketUrl(room.sellerId)) }
}
const asHttp = (url: string) => url.replace('ws', 'http')
const upgrade = { headers: { upgrade: 'websocket' } }

describe('a ticket', () => {
  it('opens one socket, once', async () => {
    const { room } = await open()
    const url = await room.socketUrl(room.buyerId)
    const client = await connect(url)
    await client.heard('hello')
    await expect(connect(url)).rejects.toThrow('refused')
    const refused = await rooms.server.fetch(asHttp(url), upgrade)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'TICKET_INVALID' })
  })

  it('of another room, a made up one and one older than 30 seconds open none', async () => {
    const [{ room }, other] = [await open(), await open()]
    const foreign = (await room.socketUrl(room.buyerId)).replace(room.id, other.room.id)
    await expect(connect(foreign)).rejects.toThrow('refused')
    await expect(connect(`${foreign.split('?')[0]}?ticket=made-up`)).rejects.toThrow('refused')
    const late = await room.socketUrl(room.buyerId)
    await (await room.storage()).exec('UPDATE tickets SET expires_at_ms = expires_at_ms - 30000')
    await expect(connect(late)).rejects.toThrow('refused')
  })

  it('is stored as nothing that opens a socket', async () => {
    const { room } = await open()
    const ticket = await room.ticket(room.sellerId)
    const stored = JSON.stringify(await (await room.storage()).exec('SELECT * FROM tickets'))
    expect(ticket.ok && stored.includes(ticket.value.ticket)).toBe(false)
  })
})

describe('a socket', () => {
  it('is closed for a frame larger than an honest one, and for a binary one', async () => {
    const [large, binary] = [await open(), await open()]
    large.client.socket.send(JSON.stringify({ t: 'typing', pad: 'x'.repeat(FRAME_BYTES_MAX) }))
    binary.client.socket.send(new Uint8Array([1, 2, 3]))
    expect(await large.client.ended).toEqual({ code: CLOSE_CODES.ABUSE })
    expect(await binary.client.ended).toEqual({ code: CLOSE_CODES.ABUSE })
  })

  it('counts bytes, not characters', async () => {
    const { client } = await open()
    client.socket.send('가'.repeat(Math.ceil(FRAME_BYTES_MAX / 3) + 1))
    expect(await client.ended).toEqual({ code: CLOSE_CODES.ABUSE })
  })

  it('survives what is no frame at all, and is told so', async () => {
    const { client } = await open()
    for (const text of ['{', '"x"', '{"t":"own"}', '{"t":"read","seq":-1}', '{"t":"typing","extra":1}'])
      client.socket.send(text)
    client.say({ t: 'send', ...textPosting('그래도 돼요') })
    await client.heard('ack')
    expect(client.of('error').map(({ code }) => code)).toEqual(
      Array.from({ length: 5 }, () => 'VALIDATION_FAILED'),
    )
  })

  it('that floods the room is refused first and closed in the end, and nobody else is held up', async () => {
    const { room, client } = await open()
    const peer = await connect(await room.socketUrl(room.buyerId))
    for (let index = 0; index < 1_000; index++) client.say({ t: 'send', ...textPosting(`쾅 ${index}`) })
    expect(await client.ended).toEqual({ code: CLOSE_CODES.ABUSE })
    expect(client.of('error')[0]).toMatchObject({ code: 'TOO_MANY_REQUESTS', clientId: expect.any(String) })
    peer.say({ t: 'send', ...textPosting('저는 괜찮아요') })
    const { seq } = await peer.heard('ack')
    expect(seq).toBeLessThan(100)
  })

  it('that does not keep up is sent away with what it can hold, and has everything once it came back for the rest', async () => {
    const { room } = await open()
    const far = 2_500
    const storage = await room.storage()
    await storage.exec(
      `WITH RECURSIVE places(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM places WHERE seq < ?)
       INSERT INTO messages (seq, sender_id, client_id, kind, text, warnings, at_ms, version)
       SELECT seq, ?, 'client-far-' || seq, 'text', ?, '[]', 0, 1 FROM places`,
      far,
      room.sellerId,
      '가'.repeat(1_000),
    )
    await room.evict()
    const first = await connect(`${await room.socketUrl(room.buyerId)}&afterSeq=0`)
    expect(await first.sentAway(room)).toEqual({ code: CLOSE_CODES.SLOW })
    const held = first.of('message').at(-1)?.seq ?? 0
    const second = await connect(`${await room.socketUrl(room.buyerId)}&afterSeq=${held}`)
    await second.heard('message', ({ seq }) => seq === far)
    const seqs = [...first.of('message'), ...second.of('message')].map(({ seq }) => seq)
    expect(seqs).toEqual(Array.from({ length: far }, (_, index) => index + 1))
  })

  it('is the oldest to go when a member opens a sixth', async () => {
    const { room, client: first } = await open()
    const others = []
    for (let index = 0; index < 5; index++) others.push(await connect(await room.socketUrl(room.sellerId)))
    expect(await first.sentAway(room)).toEqual({ code: CLOSE_CODES.REPLACED })
    others[4]?.say({ t: 'send', ...textPosting('다섯 중 하나') })
    await Promise.all(others.map((client) => client.heard('message')))
  })

  it('ends with its session, by itself and before another word is taken', async () => {
    const { room } = await open()
    const silent = await connect(await room.socketUrl(room.buyerId, 1_500))
    expect(await silent.sentAway(room)).toEqual({ code: CLOSE_CODES.ENDED })
    expect((await room.history(room.buyerId, { limit: 1 })).ok).toBe(true)
  })

  it('ends when its member is sent away, and the ticket they held opens none', async () => {
    const { room, client } = await open()
    const held = await room.socketUrl(room.sellerId)
    await room.disconnect(room.sellerId, CLOSE_CODES.ENDED)
    expect(await client.sentAway(room)).toEqual({ code: CLOSE_CODES.ENDED })
    await expect(connect(held)).rejects.toThrow('refused')
  })
})

describe('who looks on', () => {
  it('is told when the other comes and goes, and types, but not each key', async () => {
    const { room, client } = await open()
    const peer = await connect(await room.socketUrl(room.buyerId))
    await client.heard('presence', ({ members }) => members.length === 2)
    for (let index = 0; index < 5; index++) peer.say({ t: 'typing' })
    peer.say({ t: 'send', ...textPosting('다 썼어요') })
    await client.heard('message')
    expect(client.of('typing')).toEqual([{ t: 'typing', memberId: room.buyerId }])
    expect(peer.of('typing')).toEqual([])
    peer.close()
    await client.heard('presence', ({ members }) => members.join() === room.sellerId)
  })

  it('is answered a heartbeat while the room sleeps, and still there when it wakes', async () => {
    const { room, client } = await open()
    await room.evict()
    client.ping()
    await client.heard('pong')
    const peer = await connect(await room.socketUrl(room.buyerId))
    expect((await peer.heard('hello')).present).toHaveLength(2)
    await eventually(async () => expect(client.of('pong')).toHaveLength(1))
  })
})
