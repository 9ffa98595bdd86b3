import { fail } from '@sveltejs/kit'
import { call } from '$lib/api/client.ts'
import { m } from '$lib/paraglide/messages.js'
import { refused, textOf } from '$lib/session/actions.ts'
import type { Actions } from './$types.js'

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const email = textOf(await request.formData(), 'email').trim()
    const kept = { email, sent: false }
    if (!email.includes('@'))
      return fail(400, { ...kept, errors: { email: m.field_email() }, note: '', requestId: '' })
    const reply = await call(fetch, 'POST', '/auth/find-id', { body: { email } })
    if (!reply.ok) return refused(reply.trouble, kept)
    return { email, sent: true, errors: {}, note: '', requestId: '' }
  },
}
