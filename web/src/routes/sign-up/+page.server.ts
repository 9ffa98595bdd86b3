import { fail, redirect } from '@sveltejs/kit'
import { call } from '$lib/api/client.ts'
import { m } from '$lib/paraglide/messages.js'
import { confirmCode, type FieldErrors, nextOf, refused, resendCode, textOf } from '$lib/session/actions.ts'
import type { Actions, PageServerLoad } from './$types.js'

export const load: PageServerLoad = ({ locals, url }) => {
  if (locals.accessToken !== null) redirect(303, nextOf(url))
}

// Shapes only, for a quick word beside the field; identity decides.
const SHAPES: Record<string, { pattern: RegExp; word: () => string }> = {
  loginId: { pattern: /^[a-zA-Z][a-zA-Z0-9_]{3,19}$/, word: m.field_login_id },
  email: { pattern: /^\S+@\S+\.\S+$/, word: m.field_email },
  password: { pattern: /^[\s\S]{8,128}$/, word: m.field_password },
  nickname: { pattern: /^.{2,16}$/u, word: m.field_nickname },
}

const shapeErrors = (fields: Record<string, string>): FieldErrors =>
  Object.fromEntries(
    Object.entries(SHAPES)
      .filter(([name, { pattern }]) => !pattern.test(fields[name] ?? ''))
      .map(([name, { word }]) => [name, word()]),
  )

export const actions: Actions = {
  join: async ({ request, fetch }) => {
    const form = await request.formData()
    const kept = {
      loginId: textOf(form, 'loginId').trim(),
      email: textOf(form, 'email').trim(),
      nickname: textOf(form, 'nickname').trim(),
    }
    const body = { ...kept, password: textOf(form, 'password') }
    const errors = shapeErrors(body)
    const asked = { step: 'join' as const, asksEmail: false, resent: false, ...kept }
    if (Object.keys(errors).length > 0) return fail(400, { ...asked, errors, note: '', requestId: '' })
    const reply = await call(fetch, 'POST', '/auth/sign-up', { body })
    if (!reply.ok) return refused(reply.trouble, asked)
    return { ...asked, step: 'code' as const, errors: {}, note: '', requestId: '' }
  },
  confirm: async (event) => confirmCode(event, await event.request.formData()),
  resend: async (event) => resendCode(event, await event.request.formData()),
}
