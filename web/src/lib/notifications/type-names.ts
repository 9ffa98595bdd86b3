import type { NotificationType } from '#contracts/notifications'
import { m } from '$lib/paraglide/messages.js'

/** What a member can switch on and off, in the order it is offered; the type keeps it whole when the contract grows. */
export const TYPE_NAMES: Record<NotificationType, () => string> = {
  chat: m.ntf_type_chat,
  comment: m.ntf_type_comment,
  reply: m.ntf_type_reply,
  appointment: m.ntf_type_appointment,
  trade: m.ntf_type_trade,
  review: m.ntf_type_review,
  wish: m.ntf_type_wish,
  price_drop: m.ntf_type_price_drop,
  listing_status: m.ntf_type_listing_status,
  keyword_alert: m.ntf_type_keyword_alert,
  wallet: m.ntf_type_wallet,
  coupon: m.ntf_type_coupon,
  group_buy: m.ntf_type_group_buy,
  moderation: m.ntf_type_moderation,
}
const isType = (value: string): value is NotificationType => Object.hasOwn(TYPE_NAMES, value)
export const TYPES: NotificationType[] = Object.keys(TYPE_NAMES).filter(isType)
/** About the member's own rights: nobody can turn it off. */
export const isAlwaysTold = (type: NotificationType) => type === 'moderation'
