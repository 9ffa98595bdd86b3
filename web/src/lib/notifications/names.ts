import Bookmark from '@lucide/svelte/icons/bookmark'
import CalendarClock from '@lucide/svelte/icons/calendar-clock'
import Handshake from '@lucide/svelte/icons/handshake'
import Heart from '@lucide/svelte/icons/heart'
import MessageCircle from '@lucide/svelte/icons/message-circle'
import MessageSquare from '@lucide/svelte/icons/message-square'
import Reply from '@lucide/svelte/icons/reply'
import ScrollText from '@lucide/svelte/icons/scroll-text'
import Star from '@lucide/svelte/icons/star'
import Tag from '@lucide/svelte/icons/tag'
import Ticket from '@lucide/svelte/icons/ticket'
import TrendingDown from '@lucide/svelte/icons/trending-down'
import Users from '@lucide/svelte/icons/users'
import Wallet from '@lucide/svelte/icons/wallet'
import type { NotificationType } from '#contracts/notifications'

export const TYPE_ICONS: Record<NotificationType, typeof Bookmark> = {
  comment: MessageSquare,
  reply: Reply,
  wish: Heart,
  chat: MessageCircle,
  listing_status: Tag,
  price_drop: TrendingDown,
  appointment: CalendarClock,
  trade: Handshake,
  review: Star,
  keyword_alert: Bookmark,
  wallet: Wallet,
  coupon: Ticket,
  group_buy: Users,
  moderation: ScrollText,
}
