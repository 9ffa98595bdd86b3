import { redirect } from '@sveltejs/kit'
import type { Session } from '#contracts/identity'
import { call } from '$lib/api/client.ts'
import { m } from '$lib/paraglide/messages.js'
import { nextOf, refused, textOf } from '$lib/session/actions.ts'
import { keepSession } from '$lib/session/cookies.ts'
import type { Actions, PageServerLoad } from './$types.js'

export const load: PageServerLoad = ({ locals, url }) => {
  if (locals.accessToken !== null) redirect(303, nextOf(url))
}

export const actions: Actions = {
  default: async ({ request, fetch, cookies, url }) => {
    const form = await request.formData()
    const login = textOf(form, 'login').trim()
    const reply = await call<Session>(fetch, 'POST', '/auth/sign-in', {
      body: { login, password: textOf(form, 'password') },
    })
    if (reply.ok) {
      keepSession(cookies, reply.value)
      redirect(303, nextOf(url))
    }
    const { trouble } = reply
    const unverified = trouble.kind === 'refusal' && trouble.problem.code === 'EMAIL_UNVERIFIED'
    if (unverified && login.includes('@')) redirect(303, `/sign-up?email=${encodeURIComponent(login)}`)
    return refused(trouble, { login, unverified, hint: unverified ? m.sign_in_unverified() : '' })
  },
}
