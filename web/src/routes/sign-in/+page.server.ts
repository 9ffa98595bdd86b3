import { redirect } from '@sveltejs/kit'
import type { Session } from '#contracts/identity'
import { call } from '$lib/api/client.ts'
import { nextOf, refused, textOf } from '$lib/session/actions.ts'
import { DEVICE_COOKIE, keepSession } from '$lib/session/cookies.ts'
import { refreshFromCookie } from '$lib/session/refresh.ts'
import { suspendedNoteOf } from '$lib/session/suspended.ts'
import type { Actions, PageServerLoad } from './$types.js'

export const load: PageServerLoad = async ({ locals, url, fetch, cookies, parent }) => {
  const { signedIn } = await parent()
  if (signedIn) redirect(303, nextOf(url))
  // The token still reads well and its session is over: only a refresh tells whether there is another, or why there is none.
  if (locals.accessToken !== null) {
    const refreshed = await refreshFromCookie(fetch, cookies)
    if (refreshed.kind === 'fresh') redirect(303, nextOf(url))
  }
  return { suspended: suspendedNoteOf(cookies) }
}

export const actions: Actions = {
  default: async ({ request, fetch, cookies, url }) => {
    const form = await request.formData()
    const login = textOf(form, 'login').trim()
    const deviceToken = cookies.get(DEVICE_COOKIE)
    const reply = await call<Session>(fetch, 'POST', '/auth/sign-in', {
      body: { login, password: textOf(form, 'password'), ...(deviceToken ? { deviceToken } : {}) },
    })
    if (reply.ok) {
      keepSession(cookies, reply.value)
      redirect(303, nextOf(url))
    }
    const { trouble } = reply
    // Who signed in by login id is not told its e-mail: the code step asks for it.
    if (trouble.kind === 'refusal' && trouble.problem.code === 'EMAIL_UNVERIFIED') {
      const waiting = new URLSearchParams({ email: login.includes('@') ? login : '', next: nextOf(url) })
      redirect(303, `/sign-up?${waiting}`)
    }
    return refused(trouble, { login })
  },
}
