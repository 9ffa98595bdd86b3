import type { GuardrailRule } from '#contracts/guardrail'
import { m } from '$lib/paraglide/messages.js'

/** What each rule of the guardrail is afraid of, and what to do instead. */
export const WARNING_WORDS: Record<GuardrailRule, () => string> = {
  payment_link: m.chat_warning_payment_link,
  messenger_id: m.chat_warning_messenger_id,
  bank_account: m.chat_warning_bank_account,
  outside_link: m.chat_warning_outside_link,
}
