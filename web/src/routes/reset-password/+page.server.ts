import { fail, redirect } from '@sveltejs/kit'
import { call } from '$lib/api/client.ts'
import { m } from '$lib/paraglide/messages.js'
import { refused, textOf } from '$lib/session/actions.ts'
import { dropSession } from '$lib/session/cookies.ts'
import type { Actions } from './$types.js'

export const actions: Actions = {
  ask: async ({ request, fetch }) => {
    const email = textOf(await request.formData(), 'email').trim()
    const kept = { step: 'ask' as const, email }
    if (!email.includes('@'))
      return fail(400, { ...kept, errors: { email: m.field_email() }, note: '', requestId: '' })
    const reply = await call(fetch, 'POST', '/auth/reset-password', { body: { email } })
    if (!reply.ok) return refused(reply.trouble, kept)
    return { step: 'code' as const, email, errors: {}, note: '', requestId: '' }
  },
  confirm: async ({ request, fetch, cookies }) => {
    const form = await request.formData()
    const email = textOf(form, 'email')
    const body = { email, code: textOf(form, 'code').trim(), password: textOf(form, 'password') }
    const reply = await call(fetch, 'POST', '/auth/reset-password/confirm', { body })
    if (!reply.ok) return refused(reply.trouble, { step: 'code' as const, email })
    // Every session of the member has ended with the old password, this one too.
    dropSession(cookies)
    redirect(303, '/sign-in?changed')
  },
}
