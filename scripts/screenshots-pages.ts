import {
  aCampaign,
  aCase,
  aClaimPage,
  aGroupBuy,
  aNextClaimPage,
  aNotice,
  groupRoom,
  meetingRoom,
  myGroupBuy,
  myGroupBuyToEdit,
  openRoom,
  pastMoney,
  purchaseIn,
  roomToSell,
  soldRoom,
  someoneElse,
  somethingForSale,
  talkedAbout,
  tradeWhere,
  underway,
  type Where,
} from './screenshots-town.ts'

export type Shot = {
  name: string
  /** A path, or one that only whoever is signed in can tell; null when the town has no such page for them. */
  path: string | Where
  as?: 'member' | 'operator'
  /** Buttons pressed one after the other; the last opens a sheet or a dialog. */
  open?: RegExp | RegExp[]
}

/** The pages there are, with what the town at `origin` has to show on them. */
export async function shotsOf(origin: string): Promise<Shot[]> {
  const thing = await talkedAbout(origin)
  return [...OUTSIDE, ...ofThing(thing), ...TOGETHER, ...MINE, ...TALKING, ...BUYING, ...WALLET, ...OPERATING]
}

const found = (words: string, more = '') => `/search?q=${encodeURIComponent(words)}${more}`

/** What anybody sees. */
const OUTSIDE: Shot[] = [
  { name: 'home', path: '/' },
  { name: 'home-free', path: '/?free=true' },
  { name: 'home-nothing', path: '/?minPrice=999999998' },
  { name: 'filters', path: '/', open: /^(거르기|Filter)/ },
  { name: 'categories', path: '/', open: /^(카테고리|Category)/ },
  { name: 'place', path: '/', open: /^(동네 바꾸기|Change neighbo)/ },
  { name: 'search', path: '/search' },
  { name: 'search-found', path: found('자전거') },
  { name: 'search-nothing', path: found('없는물건이름') },
  { name: 'sign-in', path: '/sign-in' },
  { name: 'sign-up', path: '/sign-up' },
  { name: 'find-id', path: '/find-id' },
  { name: 'reset-password', path: '/reset-password' },
  { name: 'post-guest', path: '/post' },
  { name: 'chat', path: '/chat' },
  { name: 'notifications', path: '/notifications' },
  { name: 'offline', path: '/offline' },
  { name: 'nowhere', path: '/nowhere' },
  { name: 'coupons', path: '/coupons' },
  { name: 'coupon-guest', path: aClaimPage },
]

const ofThing = ({ id, sellerId }: { id: string; sellerId: string }): Shot[] => [
  { name: 'listing', path: `/listings/${id}` },
  { name: 'listing-zoom', path: `/listings/${id}`, open: /(크게 보기|larger|Zoom|full)/i },
  { name: 'member', path: `/members/${sellerId}` },
  { name: 'report', path: `/listings/${id}`, as: 'member', open: /^(신고하기|Report)$/ },
]

const TOGETHER: Shot[] = [
  { name: 'together', path: '/together' },
  { name: 'together-one-guest', path: aGroupBuy },
  { name: 'together-one', path: aGroupBuy, as: 'member' },
  { name: 'together-new', path: '/together/new', as: 'member' },
  { name: 'me-together', path: '/me/together', as: 'member' },
  { name: 'me-together-host', path: '/me/together?role=host', as: 'member' },
  { name: 'together-host', path: myGroupBuy, as: 'member' },
  { name: 'together-near', path: '/together?sort=distance', as: 'member' },
  { name: 'together-edit', path: myGroupBuyToEdit, as: 'member' },
  { name: 'search-together', path: found('캔들', '&in=together') },
  { name: 'search-together-nothing', path: found('없는물건이름', '&in=together') },
  { name: 'room-group-host', path: groupRoom('host'), as: 'member' },
  { name: 'room-group', path: groupRoom('member'), as: 'member' },
  { name: 'room-group-menu', path: groupRoom('host'), as: 'member', open: /^(대화 메뉴|Conversation menu)/ },
]

const MINE: Shot[] = [
  { name: 'me-guest', path: '/me' },
  { name: 'home-member', path: '/', as: 'member' },
  { name: 'post', path: '/post', as: 'member' },
  { name: 'me', path: '/me', as: 'member' },
  { name: 'me-wishes', path: '/me/wishes', as: 'member' },
  { name: 'me-listings', path: '/me/listings', as: 'member' },
  { name: 'me-profile', path: '/me/profile', as: 'member' },
  { name: 'me-sessions', path: '/me/sessions', as: 'member' },
  { name: 'me-password', path: '/me/password', as: 'member' },
  { name: 'notifications-member', path: '/notifications', as: 'member' },
  { name: 'me-notifications', path: '/me/notifications', as: 'member' },
  { name: 'me-sales', path: '/me/sales', as: 'member' },
  { name: 'me-purchases', path: '/me/purchases', as: 'member' },
  { name: 'me-alerts', path: '/me/alerts', as: 'member' },
  { name: 'me-notices', path: '/me/notices', as: 'member' },
  { name: 'me-blocks', path: '/me/blocks', as: 'member' },
  {
    name: 'alert',
    path: found('자전거'),
    as: 'member',
    open: /^(이 검색 알림|Tell me)/,
  },
]

const TALKING: Shot[] = [
  { name: 'chat-list', path: '/chat', as: 'member' },
  { name: 'room', path: openRoom, as: 'member' },
  { name: 'room-sold', path: soldRoom, as: 'member' },
  { name: 'room-meeting', path: meetingRoom, as: 'member' },
  { name: 'room-menu', path: openRoom, as: 'member', open: /^(대화 메뉴|Conversation menu)/ },
  { name: 'room-appointment', path: openRoom, as: 'member', open: /^(약속 잡기|Make an app)|\d:\d\d.* · / },
  { name: 'room-buyer', path: roomToSell, as: 'member', open: /^(거래 상대|Choose)/ },
  { name: 'room-message', path: openRoom, as: 'member', open: /^(메시지 메뉴|Message menu)/ },
  { name: 'trade', path: tradeWhere(true), as: 'member' },
  { name: 'trade-review', path: tradeWhere(false), as: 'member' },
  { name: 'trade-undo', path: tradeWhere(false), as: 'member', open: /^(거래 되돌리기|되돌리기|Undo)/ },
  { name: 'notice', path: aNotice, as: 'member' },
]

const BUYING: Shot[] = [
  { name: 'listing-member', path: somethingForSale, as: 'member' },
  { name: 'buy', path: somethingForSale, as: 'member', open: /^(지갑으로 사기|Buy with wallet)/ },
  { name: 'room-buy', path: openRoom, as: 'member', open: /^(지갑으로 사기|Buy with wallet)/ },
  { name: 'trade-paid', path: purchaseIn('purchases', 'paid'), as: 'member' },
  {
    name: 'trade-confirm',
    path: purchaseIn('purchases', 'paid'),
    as: 'member',
    open: /^(받았어요|I have it)/,
  },
  {
    name: 'trade-dispute',
    path: purchaseIn('purchases', 'paid'),
    as: 'member',
    open: /^(문제가 있어요|Something)/,
  },
  {
    name: 'trade-cancel',
    path: purchaseIn('purchases', 'paid'),
    as: 'member',
    open: /^(거래 취소|Cancel the trade)/,
  },
  { name: 'trade-paid-seller', path: purchaseIn('sales', 'paid'), as: 'member' },
  { name: 'trade-refund', path: purchaseIn('sales', 'paid'), as: 'member', open: /^(일부 돌려|Give part)/ },
  { name: 'trade-bought', path: purchaseIn('purchases', 'completed'), as: 'member' },
  { name: 'trade-sold', path: purchaseIn('sales', 'completed'), as: 'member' },
  { name: 'trade-cancelled', path: purchaseIn('purchases', 'cancelled'), as: 'member' },
  { name: 'trade-disputed', path: purchaseIn('purchases', 'disputed'), as: 'member' },
]

const WALLET: Shot[] = [
  { name: 'wallet', path: '/wallet', as: 'member' },
  { name: 'wallet-charge', path: '/wallet/charge', as: 'member' },
  { name: 'wallet-charge-waiting', path: underway('charge', '/wallet/charges'), as: 'member' },
  { name: 'wallet-charge-paid', path: pastMoney('charge', '/wallet/charges'), as: 'member' },
  { name: 'wallet-send', path: '/wallet/send', as: 'member' },
  { name: 'wallet-send-to', path: someoneElse, as: 'member' },
  { name: 'wallet-payout', path: '/wallet/payout', as: 'member' },
  { name: 'wallet-payout-done', path: pastMoney('payout', '/wallet/payouts'), as: 'member' },
  { name: 'wallet-history', path: '/wallet/history', as: 'member' },
  { name: 'wallet-history-nothing', path: '/wallet/history?cause=correction', as: 'member' },
  { name: 'wallet-pin', path: '/wallet/pin', as: 'member' },
  { name: 'coupon', path: aClaimPage, as: 'member' },
  { name: 'coupon-next', path: aNextClaimPage, as: 'member' },
  { name: 'me-coupons', path: '/me/coupons', as: 'member' },
  { name: 'me-coupons-used', path: '/me/coupons?state=used', as: 'member' },
]

const OPERATING: Shot[] = [
  { name: 'operator-queue', path: '/operator', as: 'operator' },
  { name: 'operator-decided', path: '/operator?state=decided', as: 'operator' },
  { name: 'operator-case', path: aCase, as: 'operator' },
  { name: 'operator-decide', path: aCase, as: 'operator', open: /^(판단하기|Decide)/ },
  { name: 'operator-audit', path: '/operator/audit', as: 'operator' },
  { name: 'operator-money', path: '/operator/money', as: 'operator' },
  { name: 'operator-disputes', path: '/operator/disputes', as: 'operator' },
  { name: 'operator-disputes-decided', path: '/operator/disputes?state=decided', as: 'operator' },
  {
    name: 'operator-dispute-decide',
    path: '/operator/disputes',
    as: 'operator',
    open: /^(결정하기|Decide)$/,
  },
  { name: 'operator-coupons', path: '/operator/coupons', as: 'operator' },
  { name: 'operator-coupon', path: aCampaign, as: 'operator' },
  { name: 'operator-coupon-new', path: '/operator/coupons/new', as: 'operator' },
]
