import type { Act, Decision, ReportTarget, YardRule } from '#contracts/moderation'
import { m } from '$lib/paraglide/messages.js'

/** Every rule by name, in the order they are offered; the type keeps it whole when the contract grows. */
export const RULE_NAMES: Record<YardRule, () => string> = {
  fraud: m.mod_rule_fraud,
  forbidden_thing: m.mod_rule_forbidden_thing,
  fake_thing: m.mod_rule_fake_thing,
  insult: m.mod_rule_insult,
  harassment: m.mod_rule_harassment,
  sexual: m.mod_rule_sexual,
  privacy: m.mod_rule_privacy,
  spam: m.mod_rule_spam,
  outside_payment: m.mod_rule_outside_payment,
  no_show: m.mod_rule_no_show,
  other: m.mod_rule_other,
}
export const isRule = (value: string): value is YardRule => Object.hasOwn(RULE_NAMES, value)
export const RULES: YardRule[] = Object.keys(RULE_NAMES).filter(isRule)

/** What makes sense to say of each kind of thing: a thing can be a fake, a person cannot be forbidden. */
const RULES_OF: Record<ReportTarget['kind'], YardRule[]> = {
  listing: [
    'fraud',
    'forbidden_thing',
    'fake_thing',
    'sexual',
    'privacy',
    'spam',
    'outside_payment',
    'other',
  ],
  comment: ['insult', 'harassment', 'sexual', 'privacy', 'spam', 'outside_payment', 'other'],
  message: ['fraud', 'insult', 'harassment', 'sexual', 'privacy', 'spam', 'outside_payment', 'other'],
  member: [
    'fraud',
    'no_show',
    'insult',
    'harassment',
    'sexual',
    'privacy',
    'spam',
    'outside_payment',
    'other',
  ],
}
export const rulesOf = (target: ReportTarget) => RULES_OF[target.kind]

export const ACT_NAMES: Record<Act, () => string> = {
  dismiss: m.mod_act_dismiss,
  hide: m.mod_act_hide,
  warn: m.mod_act_warn,
  suspend: m.mod_act_suspend,
}

const HIDDEN_THINGS: Record<ReportTarget['kind'], () => string> = {
  listing: m.mod_notice_hide_listing,
  comment: m.mod_notice_hide_comment,
  message: m.mod_notice_hide_message,
  member: m.mod_notice_hide_member,
}
const NOTICES: Record<Exclude<Act, 'hide'>, () => string> = {
  dismiss: m.mod_notice_dismiss,
  warn: m.mod_notice_warn,
  suspend: m.mod_notice_suspend,
}

/** What was decided, in the words of the member it concerns. */
export const noticeOf = ({ act, target }: Pick<Decision, 'act' | 'target'>) =>
  act === 'hide' ? HIDDEN_THINGS[target.kind]() : NOTICES[act]()
