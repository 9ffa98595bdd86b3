import { beforeAll, describe, expect, it } from 'vitest'
import { eventually, type SignedUp, unique } from '../../support/platform.ts'
import { codeOf, idOf, openYard, type Yard } from './yard.ts'

let yard: Yard

beforeAll(async () => {
  yard = await openYard()
})

async function talk(): Promise<{ seller: SignedUp; buyer: SignedUp; roomId: string }> {
  const [seller, buyer] = [await yard.signUp(), await yard.signUp()]
  const json = { listingId: await yard.post(seller) }
  const roomId = idOf(await yard.call('POST', 'chat/rooms', { token: buyer.accessToken, json }))
  return { seller, buyer, roomId }
}
const say = (roomId: string, by: SignedUp, text: string) =>
  yard.call('POST', `chat/rooms/${roomId}/messages`, {
    token: by.accessToken,
    json: { clientId: unique('client-'), kind: 'text', text },
  })
const messages = async (roomId: string, by: SignedUp) =>
  (await yard.read(`chat/rooms/${roomId}/messages`, by.accessToken)).text

describe('a block', () => {
  it('stops both from talking, until it is undone', async () => {
    const { seller, buyer, roomId } = await talk()
    expect((await say(roomId, buyer, '아직 있나요')).status).toBeLessThan(300)
    const path = `me/blocks/${buyer.memberId}`
    await yard.call('PUT', path, { token: seller.accessToken })
    await eventually(async () => expect(codeOf(await say(roomId, buyer, '저기요'))).toBe('MEMBER_BLOCKED'))
    expect(codeOf(await say(roomId, seller, '그만해 주세요'))).toBe('MEMBER_BLOCKED')
    await yard.call('DELETE', path, { token: seller.accessToken })
    await eventually(async () => expect((await say(roomId, buyer, '죄송해요')).status).toBeLessThan(300))
  })
})

describe('a reported message', () => {
  it('is seen in context by the operator, and hidden from both', async () => {
    const { seller, buyer, roomId } = await talk()
    await say(roomId, buyer, '안녕하세요')
    const bad = await say(roomId, buyer, '아주 나쁜 말')
    const { seq } = bad.json as { seq: number }
    const caseId = await yard.caseOf(seller, { kind: 'message', roomId, seq })
    const seen = await yard.read(`operator/cases/${caseId}`, yard.operator.token)
    expect(seen.json).toMatchObject({ excerpt: '아주 나쁜 말', subject: { id: buyer.memberId } })
    expect(seen.text).toContain('안녕하세요')
    expect((await yard.decide(caseId, { act: 'hide', rule: 'insult' })).status).toBe(200)
    for (const member of [seller, buyer]) expect(await messages(roomId, member)).not.toContain('아주 나쁜 말')
    const outsider = await yard.signUp()
    expect(codeOf(await yard.report(outsider, { kind: 'message', roomId, seq: 1 }))).toBe('NOT_FOUND')
  })
})
