import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Madang, openMadang } from '../support/browser.ts'
import type { Person } from '../support/browser-person.ts'
import { apiOf } from '../support/browser-town.ts'
import { eventually } from '../support/platform.ts'

/**
 * Adversarial case 44 where people talk, deal and complain. Dialogs, violations of the policy and requests for /x fail each test
 * through the watch on every page.
 */
let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

const IMAGE = '<img src=/x onerror=alert(1)>'
const SCRIPT = '</script><script>alert(2)</script>'
const DRAWING = '"><svg onload=alert(3)>'
const LINK = 'javascript:alert(4)'
const ALL = `${IMAGE}${SCRIPT}${DRAWING} ${LINK}`
const DAY_MS = 86_400_000

const WithId = z.object({ id: z.string() })
const Me = WithId
const Items = z.object({ items: z.array(WithId) })

/** A request of a person's own browser, as their pages make them. */
async function ask({ page }: Person, method: string, path: string, data?: object): Promise<unknown> {
  const reply = await page.request.fetch(`/api/v1/${path}`, {
    method,
    headers: { origin: madang.origin },
    ...(data === undefined ? {} : { data }),
  })
  if (!reply.ok()) throw new Error(`${method} ${path}: ${reply.status()} ${await reply.text()}`)
  return reply.status() === 204 ? null : await reply.json()
}
const made = async (...asked: Parameters<typeof ask>) => WithId.parse(await ask(...asked)).id

/** The page shows these words as words, and has built nothing of them. */
async function showsAsText({ page }: Person, words: string): Promise<void> {
  await page.getByText(words).filter({ visible: true }).first().waitFor()
  const built = 'main script, img[onerror], svg[onload], a[href^="javascript"]'
  expect(await page.locator(built).count()).toBe(0)
}

/** Two who talk about a thing. */
async function talk(): Promise<{ seller: Person; buyer: Person; listingId: string; roomId: string }> {
  const [seller, buyer] = [await madang.member(), await madang.member()]
  const path = await (await apiOf(madang.origin, seller.account)).post({ title: `의자 ${IMAGE}` })
  const listingId = path.split('/').at(-1) ?? ''
  return { seller, buyer, listingId, roomId: await made(buyer, 'POST', 'chat/rooms', { listingId }) }
}

test('markup in a message, an appointment, a notification and a review stays text wherever it is shown', async () => {
  const { seller, buyer, listingId, roomId } = await talk()
  const text = (words: string) => ({ clientId: `c-${crypto.randomUUID()}`, kind: 'text', text: words })
  const at = new Date(Date.now() + DAY_MS).toISOString()

  // In the room, as it comes over the socket and as it is loaded.
  await seller.go(`/chat/${roomId}`)
  await ask(buyer, 'POST', `chat/rooms/${roomId}/messages`, text(ALL))
  await showsAsText(seller, IMAGE)
  await ask(buyer, 'POST', 'appointments', { roomId, place: `${IMAGE} 앞`, at })
  await showsAsText(seller, `${IMAGE} 앞`)
  await buyer.go(`/chat/${roomId}`)
  await showsAsText(buyer, LINK)

  // In the list of rooms and in that of notifications.
  await seller.go('/')
  await ask(buyer, 'POST', `listings/${listingId}/comments`, { text: `${DRAWING}${IMAGE}` })
  await ask(buyer, 'POST', `chat/rooms/${roomId}/messages`, text(`${IMAGE} 마지막 말`))
  await eventually(async () => {
    await seller.go('/chat')
    await seller.page
      .getByText(`${IMAGE} 마지막 말`)
      .filter({ visible: true })
      .first()
      .waitFor({ timeout: 2_000 })
  })
  await showsAsText(seller, IMAGE)
  await eventually(async () => {
    await seller.go('/notifications')
    await seller.page
      .getByText(`${IMAGE} 마지막 말`)
      .filter({ visible: true })
      .first()
      .waitFor({ timeout: 2_000 })
  })
  await showsAsText(seller, DRAWING)

  // In the reviews of both, on the deal's page and on the profile.
  const { id: buyerId } = Me.parse(await ask(buyer, 'GET', 'me'))
  const { id: sellerId } = Me.parse(await ask(seller, 'GET', 'me'))
  const tradeId = await made(seller, 'POST', `listings/${listingId}/buyer`, { memberId: buyerId })
  for (const person of [seller, buyer])
    await ask(person, 'POST', `trades/${tradeId}/reviews`, { score: 5, text: `${SCRIPT}${DRAWING} 후기` })
  await buyer.go(`/me/trades/${tradeId}`)
  await showsAsText(buyer, `${SCRIPT}${DRAWING} 후기`)
  await buyer.go('/me/purchases')
  await showsAsText(buyer, IMAGE)
  await eventually(async () => {
    await buyer.go(`/members/${sellerId}`)
    await buyer.page
      .getByText(`${SCRIPT}${DRAWING} 후기`)
      .filter({ visible: true })
      .first()
      .waitFor({ timeout: 2_000 })
  })
  await showsAsText(buyer, DRAWING)
})

test('markup in a report, a reason, an appeal and its answer stays text for the operator and for the member', async () => {
  const { seller, buyer, roomId } = await talk()
  const message = { clientId: `c-${crypto.randomUUID()}`, kind: 'text', text: ALL }
  await ask(seller, 'POST', `chat/rooms/${roomId}/messages`, message)
  const target = { kind: 'message', roomId, seq: 1 }
  const report = { target, rule: 'spam', text: `${IMAGE} 신고` }
  const caseId = await made(buyer, 'POST', 'reports', report)

  const operator = await madang.person({ screen: 'desk' })
  await operator.enter(await madang.operator())
  await operator.go(`/operator/cases/${caseId}`)
  await showsAsText(operator, `${IMAGE} 신고`)
  await showsAsText(operator, LINK)
  const verdict = { act: 'warn', rule: 'spam', reason: `${DRAWING} 이유` }
  await ask(operator, 'POST', `operator/cases/${caseId}/decision`, verdict)

  const decisions = Items.parse(await ask(seller, 'GET', 'me/decisions'))
  const decisionId = decisions.items[0]?.id ?? ''
  await ask(seller, 'POST', `me/decisions/${decisionId}/appeal`, { text: `${SCRIPT} 이의` })
  await seller.go(`/me/notices/${decisionId}`)
  await showsAsText(seller, `${DRAWING} 이유`)
  await showsAsText(seller, `${SCRIPT} 이의`)
  await operator.go(`/operator/cases/${caseId}`)
  await showsAsText(operator, `${SCRIPT} 이의`)
  const { appeal } = z
    .object({ appeal: WithId })
    .parse(await ask(seller, 'GET', `me/decisions/${decisionId}`))
  const answer = { outcome: 'uphold', answer: `${IMAGE} 대답` }
  await ask(operator, 'POST', `operator/appeals/${appeal.id}/decision`, answer)
  await seller.go(`/me/notices/${decisionId}`)
  await showsAsText(seller, `${IMAGE} 대답`)
  for (const path of ['/operator', '/operator?state=decided', '/operator/audit']) {
    await operator.go(path)
    expect(await operator.page.locator('main script, img[onerror], svg[onload]').count()).toBe(0)
  }
  await seller.go('/me/notices')
  await eventually(async () => {
    await seller.go('/notifications')
    await seller.page.getByText(/이유/).filter({ visible: true }).first().waitFor({ timeout: 2_000 })
  })
  await showsAsText(seller, DRAWING)
})
