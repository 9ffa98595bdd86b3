import { z } from 'zod'
import { DAY_MS } from '#kit/clock'
import { eventually } from '../../support/platform.ts'
import { BOXES } from '../group-buys/yard.ts'
import { PushingBrowser } from '../notifications/browser-keys.ts'
import type { Dealings } from './dealings.ts'

const WithId = z.object({ id: z.string() })
const Notifications = z.object({ items: z.array(WithId.extend({ url: z.string() })) })
const Decided = z.object({ decision: WithId })
const Sessions = z.object({ items: z.array(WithId) })

/** What a path's id is of: `thing` makes one of the seller's and answers its id, `absent` is a well-formed id of nothing. */
export type Owned = { path: RegExp; thing: () => Promise<string>; absent: string }

/** Everything with an id that only its owner may see or act on. A route with a new kind of id gets its line here. */
export function ownedThingsOf(dealings: Dealings): Owned[] {
  const { listing, comment, room, trade, appointment, groupBuy } = dealtThingsOf(dealings)
  const { session, alert, notification, charge, payout, device, decision } = ownThingsOf(dealings)
  const idOfNothing = (prefix: string) => `${prefix}_${'0'.repeat(26)}`
  return [
    { path: /^\/api\/v1\/(me\/)?listings\/\{id\}/, thing: listing, absent: idOfNothing('lst') },
    { path: /^\/api\/v1\/group-buys\/\{id\}/, thing: groupBuy, absent: idOfNothing('gb') },
    { path: /^\/api\/v1\/comments\/\{id\}$/, thing: comment, absent: idOfNothing('cmt') },
    { path: /^\/api\/v1\/me\/sessions\/\{id\}$/, thing: session, absent: idOfNothing('ses') },
    { path: /^\/api\/v1\/search\/alerts\/\{id\}$/, thing: alert, absent: idOfNothing('alr') },
    { path: /^\/api\/v1\/chat\/rooms\/\{id\}/, thing: room, absent: idOfNothing('room') },
    { path: /^\/api\/v1\/wallet\/charges\/\{id\}/, thing: charge, absent: idOfNothing('chg') },
    { path: /^\/api\/v1\/wallet\/payouts\/\{id\}/, thing: payout, absent: idOfNothing('pay') },
    { path: /^\/api\/v1\/trades\/\{id\}/, thing: trade, absent: idOfNothing('trd') },
    { path: /^\/api\/v1\/appointments\/\{id\}/, thing: appointment, absent: idOfNothing('apt') },
    { path: /^\/api\/v1\/me\/decisions\/\{id\}/, thing: decision, absent: idOfNothing('dec') },
    { path: /^\/api\/v1\/notifications\/devices\/\{id\}$/, thing: device, absent: idOfNothing('dev') },
    { path: /^\/api\/v1\/notifications\/\{id\}$/, thing: notification, absent: idOfNothing('ntf') },
  ]
}

/** What the seller puts up, and what the buyer has part in. */
function dealtThingsOf(dealings: Dealings) {
  const { town, seller, made } = dealings
  const listing = () => town.postListing(seller)
  let oneGroupBuy: Promise<string> | undefined
  /** The same one each time, recruiting: a host may have ten open, and nobody here may change it. */
  const groupBuy = () => {
    const deadline = new Date(Date.now() + DAY_MS).toISOString()
    oneGroupBuy ??= made(seller, 'group-buys', { ...BOXES, deadline })
    return oneGroupBuy
  }
  return {
    listing,
    groupBuy,
    comment: async () => made(seller, `listings/${await listing()}/comments`, { text: '아직 있나요' }),
    room: async () => (await dealings.talk()).roomId,
    trade: async () => dealings.trade((await dealings.talk()).listingId),
    appointment: async () => dealings.appointment((await dealings.talk()).roomId),
  }
}

/** What is the seller's alone. */
function ownThingsOf({ platform, town, seller, buyer, stranger, operatorToken, made }: Dealings) {
  async function session(): Promise<string> {
    return Sessions.parse((await town.as(seller, 'GET', 'me/sessions')).json).items[0]?.id ?? ''
  }
  async function notification(): Promise<string> {
    const listingId = await town.postListing(seller)
    await made(stranger, `listings/${listingId}/comments`, { text: '아직 있나요' })
    return await eventually(async () => {
      const { json } = await town.as(seller, 'GET', 'notifications')
      return WithId.parse(Notifications.parse(json).items.find(({ url }) => url.includes(listingId))).id
    })
  }
  const charge = () => made(seller, 'wallet/charges', { amount: 1_000 })
  /** Money on its way to a bank. */
  async function payout(): Promise<string> {
    const chargeId = await charge()
    await platform.call('POST', `/dev/pay/checkout/${chargeId}/approve`)
    await made(seller, `wallet/charges/${chargeId}/confirm`, {})
    const bankAccount = { bank: 'kb', number: '123456789012', holder: '김민지' }
    return await made(seller, 'wallet/payouts', { amount: 1_000, bankAccount })
  }
  /** What an operator decided about the seller. */
  async function decision(): Promise<string> {
    const target = { kind: 'listing', listingId: await town.postListing(seller) }
    const caseId = await made(buyer, 'reports', { target, rule: 'spam' })
    const decided = await platform.call('POST', `operator/cases/${caseId}/decision`, {
      ...{ token: operatorToken, json: { act: 'warn', rule: 'spam', reason: '같은 글이 여러 번 있어요' } },
    })
    return Decided.parse(decided.json).decision.id
  }
  return {
    session,
    notification,
    charge,
    payout,
    decision,
    alert: () => made(seller, 'search/alerts', { q: '원목 책상' }),
    device: () => made(seller, 'notifications/devices', new PushingBrowser().subscription),
  }
}
