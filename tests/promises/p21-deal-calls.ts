import { z } from 'zod'
import { DAY_MS } from '#kit/clock'
import { unique } from '../support/platform.ts'
import { type Call, plain } from './p21-call.ts'
import type { Town } from './p21-town.ts'

export const ofDeals = ({ seller, buyer, look, send, talk, listing, count }: Town): Call[] => [
  { domain: 'trades', what: 'sees what they sold', ready: plain(() => look('me/sales', seller)) },
  {
    domain: 'trades',
    what: 'sees how somebody deals',
    ready: plain(() => look(`members/${seller.memberId}/reputation`)),
  },
  {
    domain: 'trades',
    what: 'makes an appointment',
    needs: ['chat'],
    ready: async () => {
      const { roomId } = await talk()
      const json = { roomId, place: '역 앞', at: new Date(Date.now() + DAY_MS).toISOString() }
      return {
        ask: (key) => send(buyer, 'appointments', json, key),
        effects: () => count(buyer, `appointments?roomId=${roomId}`, () => true),
      }
    },
  },
  {
    domain: 'trades',
    what: 'chooses a buyer',
    needs: ['listings', 'chat'],
    ready: async () => {
      const { listingId } = await talk()
      return {
        ask: (key) => send(seller, `listings/${listingId}/buyer`, { memberId: buyer.memberId }, key),
        effects: () => count(seller, 'me/sales?limit=50', isAbout(listingId)),
      }
    },
  },
  {
    domain: 'trades',
    what: 'buys with the wallet',
    needs: ['listings'],
    waitsFor: ['payments'],
    ready: async () => {
      const listingId = await listing({ price: 1_000 })
      const purchases = (isIt: (item: Record<string, unknown>) => boolean) =>
        count(buyer, 'me/purchases?limit=50', (item) => isAbout(listingId)(item) && isIt(item))
      return {
        ask: (key) => send(buyer, 'trades', { listingId, expectedPrice: 1_000 }, key),
        effects: () => purchases(() => true),
        isDone: async () => (await purchases(({ state }) => state === 'paid')) === 1,
      }
    },
  },
]

const Numbered = z.object({ units: z.int() })
const About = z.object({ listing: z.object({ id: z.string() }) })
const isAbout = (listingId: string) => (item: Record<string, unknown>) =>
  About.safeParse(item).data?.listing.id === listingId

export const ofMoney = ({ seller, buyer, look, send, campaign, count }: Town): Call[] => [
  { domain: 'payments', what: 'sees their money', ready: plain(() => look('wallet', buyer)) },
  { domain: 'payments', what: 'sees where it went', ready: plain(() => look('wallet/entries', buyer)) },
  {
    domain: 'payments',
    what: 'begins a top-up',
    ready: plain((key) => send(buyer, 'wallet/charges', { amount: 1_000 }, key)),
  },
  {
    domain: 'payments',
    what: 'sends money',
    needs: ['identity'],
    ready: async () => {
      const json = { toMemberId: seller.memberId, amount: 100, memo: unique('메모') }
      return {
        ask: (key) => send(buyer, 'wallet/transfers', json, key),
        effects: () => count(buyer, 'wallet/entries?limit=50', ({ memo }) => memo === json.memo),
      }
    },
  },
  { domain: 'coupons', what: 'sees the coupons there are', ready: plain(() => look('coupons/campaigns')) },
  { domain: 'coupons', what: 'sees their coupons', ready: plain(() => look('me/coupons', buyer)) },
  {
    domain: 'coupons',
    what: 'claims a coupon',
    ready: async () => {
      const id = await campaign()
      return {
        ask: (key) => send(buyer, `coupons/campaigns/${id}/claims`, undefined, key),
        effects: () => count(buyer, 'me/coupons?limit=50', ({ campaignId }) => campaignId === id),
      }
    },
  },
]

export const ofBuyingTogether = ({
  seller,
  buyer,
  look,
  send,
  photo,
  boxes,
  groupBuy,
  count,
}: Town): Call[] => [
  { domain: 'group-buys', what: 'sees what is bought together', ready: plain(() => look('group-buys')) },
  {
    domain: 'group-buys',
    what: 'opens a group buy',
    ready: plain((key) => send(seller, 'group-buys', boxes(), key)),
  },
  {
    domain: 'group-buys',
    what: 'opens a group buy with a photo',
    needs: ['media'],
    ready: async () => {
      const json = boxes({ imageIds: [await photo(seller)] })
      const title = String(json.title)
      return {
        ask: (key) => send(seller, 'group-buys', json, key),
        effects: () =>
          count(seller, 'me/group-buys?role=host&limit=50', (item) => JSON.stringify(item).includes(title)),
      }
    },
  },
  {
    domain: 'group-buys',
    what: 'joins a group buy',
    needs: ['payments'],
    ready: async () => {
      const id = await groupBuy()
      return {
        ask: (key) => send(buyer, `group-buys/${id}/claim`, { units: 1 }, key, 'PUT'),
        effects: async () => {
          const mine = await look(`group-buys/${id}/mine`, buyer)
          return z.object({ claim: Numbered }).safeParse(mine.json).data?.claim.units ?? 0
        },
      }
    },
  },
  {
    domain: 'group-buys',
    what: 'sees their part in one',
    ready: async () => {
      const id = await groupBuy()
      return { ask: () => look(`group-buys/${id}/mine`, seller) }
    },
  },
]

export const ofOrder = ({ seller, buyer, operator, look, send, listing, count }: Town): Call[] => [
  { domain: 'moderation', what: 'sees whom they blocked', ready: plain(() => look('me/blocks', buyer)) },
  { domain: 'moderation', what: 'sees the cases', ready: plain(() => look('operator/cases', operator)) },
  {
    domain: 'moderation',
    what: 'blocks somebody',
    needs: ['identity'],
    ready: plain((key) => send(seller, `me/blocks/${operator.memberId}`, undefined, key, 'PUT')),
  },
  {
    domain: 'moderation',
    what: 'reports a thing',
    needs: ['listings'],
    ready: async () => {
      const target = { kind: 'listing', listingId: await listing() }
      return {
        ask: (key) => send(buyer, 'reports', { target, rule: 'spam' }, key),
        effects: () =>
          count(buyer, 'reports?limit=50', (item) => JSON.stringify(item).includes(target.listingId)),
      }
    },
  },
]
