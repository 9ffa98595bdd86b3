import { redirect } from '@sveltejs/kit'

/** Rooms of one's own ask for a sign-in first, then come back here. */
export function needSignIn(signedIn: boolean, url: URL): void {
  if (!signedIn) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname)}`)
}
