import type { Handlers } from '#kit/consume'
import type { NotificationsEnv } from './env.ts'
import {
  hearChange,
  hearDeletion,
  hearRead,
  hearRoom,
  hearUnwish,
  hearWish,
  hearWithdrawal,
  tellOf,
} from './hearing.service.ts'
import {
  ofAlert,
  ofAppeal,
  ofAppointment,
  ofChange,
  ofClosedReport,
  ofComment,
  ofDecision,
  ofMessage,
  ofReview,
  ofTrade,
  ofWish,
} from './tellings.rules.ts'

/** What notifications does with each fact it hears. What is to be told is written down with the fact and carried out after. */
export const handlersOf = (env: NotificationsEnv): Handlers => ({
  'comment.posted': (event) => tellOf(env, event, ofComment),
  'listing.wished': (event) => hearWish(env, event, ofWish),
  'listing.unwished': (event) => hearUnwish(env, event),
  'listing.changed': (event) => hearChange(env, event, ofChange),
  'listing.deleted': (event) => hearDeletion(env, event),
  'chat.room_opened': (event) => hearRoom(env, event),
  'chat.message_sent': (event) => tellOf(env, event, ofMessage),
  'chat.room_read': (event) => hearRead(env, event),
  'trade.completed': (event) => tellOf(env, event, ofTrade),
  'trade.undone': (event) => tellOf(env, event, ofTrade),
  'trade.reviewed': (event) => tellOf(env, event, ofReview),
  'appointment.set': (event) => tellOf(env, event, ofAppointment),
  'appointment.cancelled': (event) => tellOf(env, event, ofAppointment),
  'appointment.due': (event) => tellOf(env, event, ofAppointment),
  'alert.matched': (event) => tellOf(env, event, ofAlert),
  'moderation.decided': (event) => tellOf(env, event, ofDecision),
  'moderation.report_closed': (event) => tellOf(env, event, ofClosedReport),
  'moderation.appeal_decided': (event) => tellOf(env, event, ofAppeal),
  'member.withdrawn': (event) => hearWithdrawal(env, event),
})
