import { redirect } from '@sveltejs/kit'
import { call } from '$lib/api/client.ts'
import { dropSession, REFRESH_COOKIE } from '$lib/session/cookies.ts'
import type { Actions, PageServerLoad } from './$types.js'

export const load: PageServerLoad = () => redirect(303, '/me')

export const actions: Actions = {
  /** Signing out always works here: if identity cannot be told now, the token dies unused with its cookie. */
  default: async ({ fetch, cookies }) => {
    const refreshToken = cookies.get(REFRESH_COOKIE)
    if (refreshToken !== undefined) await call(fetch, 'POST', '/auth/sign-out', { body: { refreshToken } })
    dropSession(cookies)
    redirect(303, '/')
  },
}
