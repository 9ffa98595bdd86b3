import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLOSE_CODES, PING_FRAME } from '#contracts/chat'
import type { InboxFrame } from '#contracts/notifications'
import { type NotificationsAlone, newMember, startNotifications } from './alone.ts'
import { comment } from './facts.ts'
import { listen } from './readers.ts'

let town: NotificationsAlone
beforeAll(async () => {
  town = await startNotifications()
})
afterAll(() => town.close())

const says = (text: string) => (frame: InboxFrame) =>
  frame.t === 'notification' && frame.notification.body.includes(text)
const isA = (t: InboxFrame['t']) => (frame: InboxFrame) => frame.t === t
const toldIn = (frames: InboxFrame[]): string[] =>
  frames.flatMap((frame) =>
    frame.t === 'notification' ? [frame.notification.body.split(' · ')[1] ?? ''] : [],
  )

describe('the stream', () => {
  it('greets first, then tells what comes as it comes', async () => {
    const [me, author] = [newMember(), newMember()]
    const stream = await town.streamOf(me)
    expect([stream.status, stream.type]).toEqual([200, 'text/event-stream; charset=utf-8'])
    await stream.until(isA('hello'))
    await town.hear([comment({ sellerId: me }, author, '오늘 되나요')])
    expect(await stream.until(says('오늘 되나요'))).toMatchObject({ t: 'notification', id: 1, unread: 1 })
    expect(stream.heard.raw).toMatch(/^id: 1\nevent: notification\ndata: \{/m)
    expect(stream.heard.frames[0]).toMatchObject({ t: 'hello', id: 0, unread: 0 })
    stream.drop()
  })

  it('after a lost line goes on behind the last number, in order and without a gap', async () => {
    const [me, author] = [newMember(), newMember()]
    const stream = await town.streamOf(me)
    await town.hear([comment({ sellerId: me }, author, '하나')])
    await stream.until(says('하나'))
    stream.drop()
    for (const text of ['둘', '셋', '넷']) await town.hear([comment({ sellerId: me }, author, text)])
    await town.evict(me)
    const again = await town.streamOf(me, { after: stream.heard.lastId ?? '' })
    await again.until(says('넷'))
    expect(toldIn(again.heard.frames)).toEqual(['둘', '셋', '넷'])
    expect(again.heard.frames[0]).toMatchObject({ t: 'hello', id: 1 })
    again.drop()
  })

  it.each(['999999999', '-1', '1e3', '<script>', "1' OR '1'='1", '9'.repeat(40), ''])(
    'takes the made-up last number %j for "from the end", and shows no other’s inbox (case 52)',
    async (forged) => {
      const [me, other, author] = [newMember(), newMember(), newMember()]
      await town.hear([
        comment({ sellerId: other }, author, '남의 소식'),
        comment({ sellerId: me }, author, '지난 소식'),
      ])
      const stream = await town.streamOf(me, { after: forged })
      await stream.until(isA('hello'))
      await town.hear([
        comment({ sellerId: other }, author, '남의 새 소식'),
        comment({ sellerId: me }, author, '새 소식'),
      ])
      await stream.until(says('새 소식'))
      expect(toldIn(stream.heard.frames)).toEqual(['새 소식'])
      stream.drop()
    },
  )

  it('is held open five times at most, however many are asked for: the oldest end (case 52)', async () => {
    const [me, author] = [newMember(), newMember()]
    const streams = []
    for (let index = 0; index < 200; index++) streams.push(await town.streamOf(me))
    await Promise.all(streams.slice(0, 195).map(({ ended }) => ended))
    expect(streams.filter(({ heard }) => !heard.isOver)).toHaveLength(5)
    await town.hear([comment({ sellerId: me }, author, '아직 들려요')])
    await Promise.all(streams.slice(195).map((stream) => stream.until(says('아직 들려요'))))
    for (const stream of streams) stream.drop()
  })

  it('is for members, and ends with the session', async () => {
    expect((await town.call('GET', 'notifications/stream')).status).toBe(401)
    const me = newMember()
    const stream = await town.streamOf(me, { token: await town.tokenOf(me, 2) })
    await stream.until(isA('hello'))
    await stream.ended
    expect(stream.heard.isOver).toBe(true)
  })
})

describe('the socket', () => {
  it('tells the same, and what is read on one device is gone on the other', async () => {
    const [me, author] = [newMember(), newMember()]
    const [phone, desk] = [await town.socketOf(me), await town.socketOf(me)]
    await town.hear([comment({ sellerId: me }, author, '여기요')])
    const told = await phone.until(says('여기요'))
    await desk.until(says('여기요'))
    const id = told.t === 'notification' ? told.notification.id : ''
    await town.call('PATCH', `notifications/${id}`, { as: me, json: { read: true } })
    expect(await desk.until(isA('gone'))).toMatchObject({ notificationId: id, unread: 0 })
    await town.call('POST', 'notifications/read-all', { as: me })
    await town.call('PATCH', `notifications/${id}`, { as: me, json: { read: false } })
    expect(await phone.until(isA('badge'))).toMatchObject({ unread: 1 })
    phone.close()
    desk.close()
  })

  it('outlives the object’s sleep, and resumes behind the last number', async () => {
    const [me, author] = [newMember(), newMember()]
    const socket = await town.socketOf(me)
    await socket.until(isA('hello'))
    await town.evict(me)
    await town.hear([comment({ sellerId: me }, author, '자는 사이')])
    await socket.until(says('자는 사이'))
    socket.close()
    await town.hear([comment({ sellerId: me }, author, '끊긴 사이')])
    const again = await town.socketOf(me, 1)
    await again.until(says('끊긴 사이'))
    expect(toldIn(again.heard.frames)).toEqual(['끊긴 사이'])
    again.close()
  })

  it('answers a heartbeat, and ends when anything else is said on it', async () => {
    const socket = await town.socketOf(newMember())
    socket.socket.send(PING_FRAME)
    await expect.poll(() => socket.heard.raw).toContain('"pong"')
    socket.socket.send('{"t":"send","text":"안녕"}')
    expect(await socket.ended).toBe(CLOSE_CODES.ABUSE)
  })

  it('opens with a ticket once, from our own pages, and with nothing made up', async () => {
    const me = newMember()
    const { url } = await town.ticketFor(me)
    const target = new URL(url, town.url).href.replace('http', 'ws')
    const foreign = await town.call('GET', url.replace('/api/v1/', ''), {
      headers: { origin: 'https://elsewhere.example' },
    })
    expect(foreign.code).toBe('ORIGIN_REFUSED')
    const first = await listen(target)
    await expect(listen(target)).rejects.toThrow('refused')
    const made = await town.call('GET', `notifications/socket?ticket=${me}.abc`)
    expect(made.code).toBe('TICKET_INVALID')
    first.close()
  })
})

describe('quiet hours', () => {
  /** Night from 22 to 7 by the clock of UTC, and a moment of a past night whose morning has come. */
  const NIGHT = { from: '22:00', until: '07:00', zone: 'UTC' }
  const params = JSON.stringify({ type: 'comment', name: null, title: null, text: '밤에 온 말' })
  const draft = {
    ...({
      type: 'comment',
      params,
      url: '/',
      photo: null,
      collapseKey: null,
      order: null,
      count: 1,
    } as const),
    byMail: 'never' as const,
  }
  const midnightAhead = () => Math.ceil(Date.now() / 86_400_000) * 86_400_000

  it('list at once what comes, announce it when they end, and drop nothing', async () => {
    const me = newMember()
    const inbox = town.inboxOf(me)
    await inbox.edit({ quietHours: NIGHT })
    const stream = await town.streamOf(me)
    await stream.until(isA('hello'))
    const night = midnightAhead()
    await inbox.put('n1', { ...draft, atMs: night }, night, me)
    await inbox.put('n2', { ...draft, type: 'moderation', params: warning, atMs: night }, night, me)
    expect((await town.listOf(me)).unread).toBe(2)
    await stream.until(({ t }) => t === 'notification')
    expect(stream.heard.frames.map((frame) => frame.t === 'notification' && frame.notification.type)).toEqual(
      [false, 'moderation'],
    )
    // Nobody waits for the night in a test: the member turns it off, and what waited is announced.
    await inbox.edit({ quietHours: null })
    await stream.until((frame) => frame.t === 'notification' && frame.notification.type === 'comment')
    stream.drop()
  })

  it('end by alarm, also after the object was away', async () => {
    const me = newMember()
    const inbox = town.inboxOf(me)
    await inbox.edit({ quietHours: NIGHT })
    const socket = await town.socketOf(me)
    const lastNight = midnightAhead() - 2 * 86_400_000
    // Put at a past midnight, its morning is past too: the alarm fires at once.
    await inbox.put('n1', { ...draft, atMs: lastNight }, lastNight, me)
    expect(await socket.until(says('밤에 온 말'))).toMatchObject({ id: 1 })
    socket.close()
  })

  const warning = JSON.stringify({
    type: 'moderation',
    what: { kind: 'decided', act: 'warn', reason: '알려 드려요', untilMs: null },
  })
})
