import { unique } from '../support/platform.ts'
import { type Call, plain } from './p21-call.ts'
import { ofBuyingTogether, ofDeals, ofMoney, ofOrder } from './p21-deal-calls.ts'
import type { Town } from './p21-town.ts'

/** One or more calls of every domain. */
export const callsOf = (town: Town): readonly Call[] => [
  ...ofMembers(town),
  ...ofThings(town),
  ...ofTalk(town),
  ...ofDeals(town),
  ...ofMoney(town),
  ...ofBuyingTogether(town),
  ...ofOrder(town),
]

const ofMembers = ({ seller, buyer, look, platform, send, photo, newcomer }: Town): Call[] => [
  { domain: 'identity', what: 'sees their account', ready: plain(() => look('me', buyer)) },
  { domain: 'identity', what: 'looks somebody up', ready: plain(() => look(`members/${seller.memberId}`)) },
  {
    domain: 'identity',
    what: 'signs in',
    ready: plain(() =>
      platform.call('POST', 'auth/sign-in', { json: { login: buyer.loginId, password: buyer.password } }),
    ),
  },
  {
    domain: 'identity',
    what: 'introduces themselves',
    ready: plain((key) => send(seller, 'me', { introduction: unique('이웃') }, key, 'PATCH')),
  },
  {
    domain: 'identity',
    what: 'shows their face',
    needs: ['media'],
    ready: async () => {
      const photoId = await photo(buyer)
      return { ask: (key) => send(buyer, 'me', { photoId }, key, 'PATCH') }
    },
  },
  {
    domain: 'identity',
    what: 'leaves for good',
    needs: ['payments'],
    ready: async () => {
      const leaver = await newcomer()
      return { ask: (key) => send(leaver, 'me', { password: leaver.password }, key, 'DELETE') }
    },
  },
]

const ofThings = ({
  seller,
  buyer,
  look,
  send,
  ask,
  photo,
  upload,
  thing,
  listing,
  count,
  newcomer,
}: Town): Call[] => [
  { domain: 'listings', what: 'reads the yard', ready: plain(() => look('listings')) },
  {
    domain: 'listings',
    what: 'posts a thing',
    ready: async () => {
      const json = thing()
      const effects = () => count(seller, 'me/listings?limit=50', ({ title }) => title === json.title)
      return { ask: (key) => send(seller, 'listings', json, key), effects }
    },
  },
  {
    domain: 'listings',
    what: 'posts a thing with a photo',
    needs: ['media'],
    ready: async () => {
      const json = thing({ imageIds: [await photo(seller)] })
      const effects = () => count(seller, 'me/listings?limit=50', ({ title }) => title === json.title)
      return { ask: (key) => send(seller, 'listings', json, key), effects }
    },
  },
  {
    domain: 'listings',
    what: 'posts their first thing ever',
    needs: ['identity'],
    isCostly: true,
    ready: async () => {
      const [newly, json] = [await newcomer(), thing()]
      const effects = () => count(newly, 'me/listings', ({ title }) => title === json.title)
      return { ask: (key) => send(newly, 'listings', json, key), effects }
    },
  },
  {
    domain: 'listings',
    what: 'asks under a thing',
    ready: async () => {
      const path = `listings/${await listing()}/comments`
      return {
        ask: (key) => send(buyer, path, { text: '깎아 주세요' }, key),
        effects: () => count(buyer, path, () => true),
      }
    },
  },
  {
    domain: 'listings',
    what: 'takes a thing with a photo down',
    ready: async () => {
      const id = await listing({ imageIds: [await photo(seller)] })
      return { ask: () => ask(seller, 'DELETE', `listings/${id}`) }
    },
  },
  { domain: 'media', what: 'uploads a photo', ready: plain(() => upload(buyer)) },
  {
    domain: 'search',
    what: 'searches',
    ready: plain(() => look(`search?q=${encodeURIComponent(unique('책상'))}`)),
  },
  {
    domain: 'search',
    what: 'is suggested words',
    ready: plain(() => look(`search/suggest?q=${encodeURIComponent('책')}`)),
  },
  { domain: 'search', what: 'sees their alerts', ready: plain(() => look('search/alerts', buyer)) },
]

const ofTalk = ({ buyer, look, send, photo, listing, talk, words, count }: Town): Call[] => [
  { domain: 'chat', what: 'sees their rooms', ready: plain(() => look('chat/rooms', buyer)) },
  {
    domain: 'chat',
    what: 'writes in a room',
    ready: async () => {
      const path = `chat/rooms/${(await talk()).roomId}/messages`
      const json = words('오늘 볼까요?')
      return {
        ask: (key) => send(buyer, path, json, key),
        effects: () => count(buyer, path, ({ text }) => text === json.text),
      }
    },
  },
  {
    domain: 'chat',
    what: 'writes about a thing for the first time',
    needs: ['listings'],
    ready: async () => {
      const listingId = await listing()
      return {
        ask: (key) => send(buyer, 'chat/rooms', { listingId }, key),
        effects: () => count(buyer, `chat/rooms?listingId=${listingId}`, () => true),
      }
    },
  },
  {
    domain: 'chat',
    what: 'sends a photo',
    needs: ['media'],
    ready: async () => {
      const path = `chat/rooms/${(await talk()).roomId}/messages`
      const json = { clientId: unique('client-'), kind: 'image', imageId: await photo(buyer) }
      return {
        ask: (key) => send(buyer, path, json, key),
        effects: () => count(buyer, path, ({ kind }) => kind === 'image'),
      }
    },
  },
  { domain: 'notifications', what: 'reads their news', ready: plain(() => look('notifications', buyer)) },
  {
    domain: 'notifications',
    what: 'sees what they want to hear of',
    ready: plain(() => look('notifications/preferences', buyer)),
  },
]
