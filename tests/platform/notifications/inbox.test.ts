import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MemberId } from '#contracts/ids'
import { Notification, type NotificationType, Preferences } from '#contracts/notifications'
import { MINUTE_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { type NotificationsAlone, newMember, startNotifications } from './alone.ts'
import { change, comment, fact, message } from './facts.ts'

let town: NotificationsAlone
beforeAll(async () => {
  town = await startNotifications()
})
afterAll(() => town.close())

const typesOf = async (as: MemberId): Promise<NotificationType[]> =>
  (await town.listOf(as)).items.map(({ type }) => type)
const wishBy = (memberId: MemberId, sellerId: MemberId, listingId = newId('lst', Date.now())) =>
  fact('listing.wished', { listingId, listingTitle: '장스탠드', sellerId, memberId }, memberId)

describe('who is told', () => {
  it('a comment reaches the seller in words of their language, and never its author', async () => {
    const [seller, author] = [newMember(), newMember()]
    const asked = comment({ sellerId: seller }, author, '네고 되나요?')
    expect(await town.hear([asked])).toEqual([])
    const [line] = (await town.listOf(seller)).items
    expect(line).toMatchObject({
      type: 'comment',
      title: `이웃 ${author.slice(-4)} 님이 댓글을 남겼어요`,
      body: '장스탠드 · 네고 되나요?',
      url: `/listings/${asked.data.listingId}#comments`,
      readAt: null,
      count: 1,
    })
    expect((await town.listOf(seller, '', 'en')).items[0]?.title).toContain('commented')
    expect(await typesOf(author)).toEqual([])
  })

  it('a reply reaches whom it answers, and the seller; a seller who answers is told nothing', async () => {
    const [seller, asker, answerer] = [newMember(), newMember(), newMember()]
    await town.hear([comment({ sellerId: seller, parentAuthorId: asker }, answerer)])
    expect([await typesOf(asker), await typesOf(seller), await typesOf(answerer)]).toEqual([
      ['reply'],
      ['comment'],
      [],
    ])
    await town.hear([comment({ sellerId: seller, parentAuthorId: asker }, seller)])
    expect(await typesOf(asker)).toEqual(['reply', 'reply'])
    expect(await typesOf(seller)).toEqual(['comment'])
    await town.hear([comment({ sellerId: seller, parentAuthorId: seller }, answerer)])
    expect(await typesOf(seller)).toEqual(['reply', 'comment'])
  })

  it('a fact delivered again is told once', async () => {
    const [seller, author] = [newMember(), newMember()]
    const asked = comment({ sellerId: seller }, author)
    await town.hear([asked, asked])
    await town.hear([asked])
    expect((await town.listOf(seller)).unread).toBe(1)
  })

  it('wishes gather in one line, a neighbour who wishes again is not told again', async () => {
    const [seller, first, second] = [newMember(), newMember(), newMember()]
    const listingId = newId('lst', Date.now())
    await town.hear([wishBy(first, seller, listingId), wishBy(second, seller, listingId)])
    await town.hear([wishBy(second, seller, listingId)])
    const { items, unread } = await town.listOf(seller)
    expect(unread).toBe(1)
    expect(items[0]).toMatchObject({ type: 'wish', count: 2 })
    expect(items[0]?.title).toContain('외 1명')
  })

  it('who came to a group buy together is counted one by one in the host’s line', async () => {
    const [hostId, memberId, next] = [newMember(), newMember(), newMember()]
    const about = { groupBuyId: newId('gb', Date.now()), title: '제주 귤', hostId, memberIds: null }
    const came = (who: MemberId, others: number) =>
      fact('group_buy.joined', { ...about, memberId: who, units: 1, remainingUnits: 3, others }, who)
    await town.hear([came(memberId, 2), came(next, 0)])
    const { items } = await town.listOf(hostId)
    expect(items).toMatchObject([{ count: 4 }])
    expect(items[0]?.title).toContain(`${next.slice(-4)} 님 외 3명`)
  })

  it('who wished or chats is told of a lower price and another state; who looked away is not, nor the seller', async () => {
    const [seller, wisher, chatter, gone] = [newMember(), newMember(), newMember(), newMember()]
    const listingId = newId('lst', Date.now())
    const roomId = newId('room', Date.now())
    // Later than the wish by far more than it takes to write the two down, though it is heard before it.
    const unwished = fact('listing.unwished', { listingId, memberId: gone }, gone, Date.now() + MINUTE_MS)
    await town.hear([
      wishBy(wisher, seller, listingId),
      fact('chat.room_opened', { roomId, listingId, sellerId: seller, buyerId: chatter }, chatter),
      unwished,
      wishBy(gone, seller, listingId),
    ])
    const onSale = { price: 30_000, status: 'on_sale' } as const
    const cheaper = { price: 20_000, status: 'on_sale' } as const
    await town.hear([
      change(listingId, seller, onSale, cheaper, 3),
      change(listingId, seller, cheaper, { ...cheaper, status: 'sold' }, 4),
      // Heard late: newer news was told already.
      change(listingId, seller, { ...onSale, price: 90_000 }, onSale, 2),
    ])
    for (const watcher of [wisher, chatter])
      expect((await typesOf(watcher)).toSorted()).toEqual(['listing_status', 'price_drop'])
    expect(await typesOf(gone)).toEqual([])
    expect((await typesOf(seller)).filter((type) => type !== 'wish')).toEqual([])
    await town.hear([fact('listing.deleted', { id: listingId, sellerId: seller }, seller, 5)])
    const [last] = (await town.listOf(wisher)).items
    expect(last).toMatchObject({ title: '지켜보던 물건이 지워졌어요', body: '장스탠드' })
  })

  it('a listing many watch is told to each of them, also when carrying it out was cut off', async () => {
    const [seller, listingId] = [newMember(), newId('lst', Date.now())]
    const watchers = Array.from({ length: 230 }, newMember)
    await town.hear(watchers.map((id) => wishBy(id, seller, listingId)))
    await town.hear([
      change(listingId, seller, { price: 2, status: 'on_sale' }, { price: 1, status: 'on_sale' }),
    ])
    const left = await town.db.prepare('SELECT count(*) AS n FROM deliveries').first<{ n: number }>()
    expect(left?.n).toBe(0)
    for (const id of [watchers[0], watchers[115], watchers[229]])
      expect(await typesOf(id ?? seller)).toEqual(['price_drop'])
    // What a kill between commit and carrying out leaves behind, the tick carries out.
    const late = newMember()
    const errand = { kind: 'put', source: 'cut-off', draft: (await draftsOf())[0] }
    await town.db.batch([
      town.db
        .prepare("INSERT INTO errands (id, errand, created_at_ms) VALUES ('cut-off:0', ?, ?)")
        .bind(JSON.stringify(errand), Date.now()),
      town.db
        .prepare("INSERT INTO deliveries (errand_id, member_id, due_at_ms) VALUES ('cut-off:0', ?, 0)")
        .bind(late),
    ])
    await town.tick()
    expect(await typesOf(late)).toEqual(['comment'])
  })

  it('appointments, trades, reviews, alerts and decisions reach whom they concern', async () => {
    const [seller, buyer] = [newMember(), newMember()]
    const listingId = newId('lst', Date.now())
    const meeting = {
      ...{ appointmentId: newId('apt', 1), roomId: newId('room', 1), listingId },
      ...{ sellerId: seller, buyerId: buyer, place: '망원역 2번 출구', meetAtMs: Date.UTC(2026, 10, 22, 5) },
    }
    const trade = {
      ...{ tradeId: newId('trd', 1), listingId, listingTitle: '장스탠드' },
      ...{ sellerId: seller, buyerId: buyer, price: 1000 },
    }
    const decided = {
      ...({ decisionId: newId('dec', 1), memberId: buyer, act: 'warn', rule: 'spam' } as const),
      ...{ reason: '같은 글을 여러 번 올렸어요', excerpt: '글', suspendedUntilMs: null },
    }
    await town.hear([
      fact('appointment.set', meeting, seller),
      fact('trade.completed', trade, seller),
      fact('trade.reviewed', { ...trade, authorId: buyer, subjectId: seller, shown: false }, buyer),
      fact('moderation.decided', decided),
    ])
    expect((await typesOf(buyer)).toSorted()).toEqual(['appointment', 'moderation', 'trade'])
    expect(await typesOf(seller)).toEqual(['review'])
    await town.hear([fact('appointment.due', meeting)])
    expect((await town.listOf(seller)).items[0]?.body).toContain('망원역 2번 출구')
    expect((await town.listOf(seller)).items[0]?.title).toContain('한 시간')
  })
})

describe('an inbox', () => {
  it('gathers the messages of a room while they are unread, and knows what was read elsewhere', async () => {
    const [me, peer, roomId] = [newMember(), newMember(), newId('room', Date.now())]
    await town.hear([
      message(roomId, peer, [me], 1),
      message(roomId, peer, [me], 3),
      message(roomId, peer, [me], 2),
    ])
    const { items, unread } = await town.listOf(me)
    expect([unread, items.length]).toEqual([1, 1])
    expect(items[0]).toMatchObject({ count: 3, body: '메시지 3', url: `/chat/${roomId}` })
    await town.hear([fact('chat.room_read', { roomId, memberId: me, seq: 4 }, me)])
    expect((await town.listOf(me)).unread).toBe(0)
    // Written before it was read, heard after: no news any more.
    await town.hear([message(roomId, peer, [me], 4)])
    expect((await town.listOf(me)).unread).toBe(0)
    await town.hear([message(roomId, peer, [me], 5)])
    expect((await town.listOf(me)).items.map(({ count }) => count)).toEqual([1, 3])
  })

  it('is read page by page, the unread apart, and cleared away', async () => {
    const [me, author] = [newMember(), newMember()]
    for (let index = 0; index < 5; index++)
      await town.hear([comment({ sellerId: me }, author, `질문 ${index}`)])
    const first = await town.listOf(me, '?limit=2')
    const second = await town.listOf(me, `?limit=2&cursor=${first.nextCursor}`)
    const third = await town.listOf(me, `?limit=2&cursor=${second.nextCursor}`)
    const ids = [...first.items, ...second.items, ...third.items].map(({ id }) => id)
    expect([new Set(ids).size, third.nextCursor]).toEqual([5, null])
    const other = await town.call('GET', `notifications?cursor=${first.nextCursor}`, { as: author })
    expect(other.code).toBe('CURSOR_INVALID')
    const path = `notifications/${ids[0]}`
    const read = await town.call('PATCH', path, { as: me, json: { read: true } })
    expect(Notification.parse(read.json).readAt).not.toBeNull()
    expect((await town.listOf(me, '?unread=true')).items).toHaveLength(4)
    await town.call('PATCH', path, { as: me, json: { read: false } })
    expect((await town.call('GET', 'notifications/unread', { as: me })).json).toEqual({ unread: 5 })
    expect((await town.call('POST', 'notifications/read-all', { as: me })).json).toEqual({ unread: 0 })
    expect((await town.call('DELETE', path, { as: me })).status).toBe(204)
    expect((await town.call('DELETE', path, { as: me })).code).toBe('NOT_FOUND')
    expect((await town.listOf(me)).items).toHaveLength(4)
    expect((await town.call('DELETE', 'notifications', { as: me })).status).toBe(204)
    expect((await town.listOf(me)).items).toEqual([])
  })

  it('keeps five hundred lines, letting go of the oldest read ones first', async () => {
    const [me, stub] = await inboxOf()
    const draft = (await draftsOf())[0]
    if (!draft) throw new Error('no draft')
    for (let index = 0; index < 500; index++)
      await stub.put(`s${index}`, { ...draft, atMs: Date.now() }, Date.now(), me)
    const newest = (await town.listOf(me)).items[0]
    await town.call('PATCH', `notifications/${newest?.id}`, { as: me, json: { read: true } })
    await stub.put('one more', { ...draft, atMs: Date.now() }, Date.now(), me)
    expect(await stub.unread()).toBe(500)
    await stub.put('and more', { ...draft, atMs: Date.now() }, Date.now(), me)
    expect(await stub.unread()).toBe(500)
  })

  it('tells nothing of a type that was turned off, and what concerns one’s rights whatever is asked', async () => {
    const [me, author] = [newMember(), newMember()]
    const edit = (json: unknown) => town.call('PATCH', 'notifications/preferences', { as: me, json })
    const edited = Preferences.parse((await edit({ types: { comment: false } })).json)
    expect([edited.types.comment, edited.types.chat]).toEqual([false, true])
    await town.hear([comment({ sellerId: me }, author)])
    expect(await typesOf(me)).toEqual([])
    expect((await edit({ types: { moderation: false } })).code).toBe('VALIDATION_FAILED')
    await edit({ types: { comment: true } })
    await town.hear([comment({ sellerId: me }, author)])
    expect(await typesOf(me)).toEqual(['comment'])
  })

  it('of a member who left is empty, and stays empty', async () => {
    const [me, author] = [newMember(), newMember()]
    await town.hear([comment({ sellerId: me }, author), fact('member.withdrawn', { memberId: me }, me)])
    await town.hear([comment({ sellerId: me }, author)])
    expect(await town.listOf(me)).toMatchObject({ items: [], unread: 0 })
  })

  it('is its member’s alone: another’s notification can be neither read, changed nor deleted', async () => {
    const [me, other] = [newMember(), newMember()]
    await town.hear([comment({ sellerId: me }, other)])
    const path = `notifications/${(await town.listOf(me)).items[0]?.id}`
    expect((await town.call('PATCH', path, { as: other, json: { read: true } })).code).toBe('NOT_FOUND')
    expect((await town.call('DELETE', path, { as: other })).code).toBe('NOT_FOUND')
    expect((await town.call('PATCH', path, { json: { read: true } })).status).toBe(401)
    expect((await town.listOf(me)).unread).toBe(1)
  })
})

async function inboxOf() {
  const me = newMember()
  return [me, town.inboxOf(me)] as const
}

/** A draft as the consumer makes it. */
async function draftsOf() {
  const params = JSON.stringify({ type: 'comment', name: null, title: null, text: '안녕하세요' })
  const rest = {
    url: '/listings/x',
    photo: null,
    collapseKey: null,
    order: null,
    count: 1,
    atMs: Date.now(),
    byMail: 'never' as const,
  }
  return [{ type: 'comment' as const, params, ...rest }]
}
