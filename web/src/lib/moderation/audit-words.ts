import type { AuditLine } from '#contracts/moderation'
import { m } from '$lib/paraglide/messages.js'
import { KIND_NAMES } from './case-words.ts'
import { ACT_NAMES, isRule, RULE_NAMES } from './names.ts'

type Told = { words: string; href: string | null }

/** What stands in the log beside what was decided. */
const OTHER_ACTS = {
  look: m.mod_audit_look,
  uphold: m.mod_audit_uphold,
  overturn: m.mod_audit_overturn,
} as const

const has = <Names extends object>(names: Names, word: PropertyKey): word is keyof Names =>
  Object.hasOwn(names, word)

/** An act that this page has no name for yet is shown by its own. */
export function actWords(act: string): string {
  if (has(ACT_NAMES, act)) return ACT_NAMES[act]()
  return has(OTHER_ACTS, act) ? OTHER_ACTS[act]() : act
}

/** `listing:lst_…` in words, with the page where the thing can be seen; a comment and a message have none of their own. */
export function subjectOf(subject: string): Told {
  const [kind = '', id = ''] = subject.split(':')
  const words = has(KIND_NAMES, kind) ? KIND_NAMES[kind]() : subject
  if (kind === 'listing') return { words, href: `/listings/${id}` }
  return { words, href: kind === 'member' ? `/members/${id}` : null }
}

/** `<ids> <rule>: <reason>` as the rule's name and the reason; of a look, the case that was opened. */
export function detailOf({ act, detail }: Pick<AuditLine, 'act' | 'detail'>): Told {
  if (act === 'look') return { words: m.mod_audit_case(), href: `/operator/cases/${detail}` }
  const [, named = '', reason = ''] = /^\S+ (\w+): ([\s\S]*)$/.exec(detail) ?? []
  if (reason === '') return { words: detail, href: null }
  return { words: isRule(named) ? `${RULE_NAMES[named]()} · ${reason}` : reason, href: null }
}
