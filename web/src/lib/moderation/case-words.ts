import type { Case, ReportTarget } from '#contracts/moderation'
import { m } from '$lib/paraglide/messages.js'

export const KIND_NAMES: Record<ReportTarget['kind'], () => string> = {
  member: m.mod_kind_member,
  listing: m.mod_kind_listing,
  comment: m.mod_kind_comment,
  message: m.mod_kind_message,
}

export const caseTitle = ({ target }: Pick<Case, 'target'>) =>
  m.mod_case_of({ kind: KIND_NAMES[target.kind]() })
