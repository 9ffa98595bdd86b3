import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RoomFrame } from '#contracts/chat'
import { type SignedUp, unique } from '../../support/platform.ts'
import { type Dealings, openDealings } from './dealings.ts'

/** Adversarial case 42 wherever words are taken in talks, deals, reports and decisions. */
let dealings: Dealings
beforeAll(async () => {
  dealings = await openDealings()
})

const MEGABYTE = 1_000_000
const ODD: Record<string, string> = {
  'a NUL': '괜찮\u0000아요 정말',
  'a lone surrogate': '괜찮\ud800아요 정말',
  'U+FFFF': '괜찮\uffff아요 정말',
  'letters turned around': '괜찮\u202e아요 정말',
  'one word of a megabyte': '가'.repeat(MEGABYTE / 3),
}
const WELL = '괜찮아요 정말 <b>좋아요</b> 👩‍👩‍👧'

type Words = {
  what: string
  who: SignedUp | 'operator'
  method?: string
  path: string
  json: (words: string) => object
}

/** Each odd text is refused; a text like it that is none is taken at the same place, so that it was the text. */
async function takesOnlyText({ what, who, method = 'POST', path, json }: Words): Promise<string> {
  const token = who === 'operator' ? dealings.operatorToken : who.accessToken
  const ask = (words: string) => dealings.platform.call(method, path, { token, json: json(words) })
  for (const [name, words] of Object.entries(ODD)) {
    const refused = await ask(words)
    const code = Coded.safeParse(refused.json).data?.code
    const wanted = name.includes('megabyte') ? 'BODY_TOO_LARGE' : 'VALIDATION_FAILED'
    expect([what, name, code]).toEqual([what, name, wanted])
    expect(refused.text.length).toBeLessThan(2_000)
  }
  const taken = await ask(WELL)
  expect([what, taken.status < 300], taken.text).toEqual([what, true])
  return Identified.safeParse(taken.json).data?.id ?? ''
}
const Coded = z.object({ code: z.string() })
const Identified = z.object({ id: z.string() })

describe('what is no text', () => {
  it('is refused in a message, sent or changed, and by the search in them', async () => {
    const { town, buyer: who, seller, platform } = dealings
    const { roomId, seq } = await dealings.talk()
    const path = `chat/rooms/${roomId}/messages`
    await takesOnlyText({
      ...{ what: 'a message', who, path },
      json: (text) => ({ clientId: unique('client-'), kind: 'text', text }),
    })
    const change = { what: 'its change', who, method: 'PATCH', path: `${path}/${seq}` }
    await takesOnlyText({ ...change, json: (text) => ({ text }) })
    const { items } = await town.historyFor(seller, roomId)
    expect(items.map(({ text }) => text)).toEqual([WELL, WELL])
    for (const q of ['%00%EA%B0%80', '%EF%BF%BF%EA%B0%80', '%E2%80%AE%EA%B0%80']) {
      const found = await platform.call('GET', `chat/search?q=${q}`, { token: who.accessToken })
      expect([q, found.status]).toEqual([q, 400])
    }
  })

  it('is refused on the socket, which goes on', async () => {
    const { town, buyer } = dealings
    const { roomId } = await dealings.talk()
    const client = await town.socketFor(buyer, roomId)
    const odd = Object.values(ODD).filter((words) => words.length < MEGABYTE / 10)
    for (const text of odd) client.say({ t: 'send', clientId: unique('client-'), kind: 'text', text })
    client.say({ t: 'send', clientId: unique('client-'), kind: 'text', text: WELL })
    await client.heard('ack')
    expect(client.of('error').map(({ code }) => code)).toEqual(odd.map(() => 'VALIDATION_FAILED'))
    expect(client.frames.every((frame) => RoomFrame.safeParse(frame).success)).toBe(true)
    client.close()
  })

  it('is refused for the place of an appointment, and in a review', async () => {
    const { buyer: who, inHours } = dealings
    const { listingId, roomId } = await dealings.talk()
    const set = (place: string) => ({ roomId, place, at: inHours(24) })
    const id = await takesOnlyText({ what: 'a place', who, path: 'appointments', json: set })
    const moving = { what: 'another place', who, method: 'PATCH', path: `appointments/${id}` }
    await takesOnlyText({ ...moving, json: (place) => ({ place }) })
    const tradeId = await dealings.trade(listingId)
    const review = { what: 'a review', who, path: `trades/${tradeId}/reviews` }
    await takesOnlyText({ ...review, json: (text) => ({ score: 5, text }) })
  })

  it('is refused in a report, a decision, an appeal and its answer, and in a saved search', async () => {
    const { buyer, seller, platform } = dealings
    const target = { kind: 'listing', listingId: (await dealings.talk()).listingId }
    const report = { what: 'a report', who: buyer, path: 'reports' }
    const caseId = await takesOnlyText({ ...report, json: (text) => ({ target, rule: 'spam', text }) })
    const verdict = { what: 'a reason', who: 'operator', path: `operator/cases/${caseId}/decision` } as const
    await takesOnlyText({ ...verdict, json: (reason) => ({ act: 'warn', rule: 'spam', reason }) })
    const decisions = await platform.call('GET', 'me/decisions', { token: seller.accessToken })
    const decisionId = Decisions.parse(decisions.json).items[0]?.id ?? ''
    const appeal = { what: 'an appeal', who: seller, path: `me/decisions/${decisionId}/appeal` }
    await takesOnlyText({ ...appeal, json: (text) => ({ text }) })
    const looked = await platform.call('GET', `me/decisions/${decisionId}`, { token: seller.accessToken })
    const { id } = Appealed.parse(looked.json).appeal
    const answer = { what: 'an answer', who: 'operator', path: `operator/appeals/${id}/decision` } as const
    await takesOnlyText({ ...answer, json: (words) => ({ outcome: 'uphold', answer: words }) })
    await takesOnlyText({ what: 'an alert', who: buyer, path: 'search/alerts', json: (q) => ({ q }) })
  })
})

const Decisions = z.object({ items: z.array(Identified) })
const Appealed = z.object({ appeal: Identified })
