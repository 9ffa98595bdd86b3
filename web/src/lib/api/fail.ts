import { error } from '@sveltejs/kit'
import { m } from '$lib/paraglide/messages.js'
import type { Reply, Trouble } from './client.ts'

/** The value, or SvelteKit's error page with the problem's own words and request id. For pages that are nothing without it. */
export function orErrorPage<Value>(reply: Reply<Value>): Value {
  if (reply.ok) return reply.value
  const { trouble } = reply
  if (trouble.kind === 'refusal') {
    const { status, title, detail, code, requestId } = trouble.problem
    // The only thing a reader can have got wrong in an address is the address: to them it leads nowhere.
    if (code === 'VALIDATION_FAILED') error(404, { message: m.error_404_title(), requestId })
    error(status, { message: title, detail, code, requestId })
  }
  error(503, { message: m.trouble_offline_title(), detail: m.trouble_offline_body(), code: 'NO_ANSWER' })
}

/** One sentence for a toast or beside a field. */
export function sentenceOf(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'refusal':
      return `${trouble.problem.title}. ${trouble.problem.detail}`
    case 'offline':
      return m.trouble_offline_title()
    case 'unreadable':
      return m.trouble_server_title()
  }
}
