import { redirect } from '@sveltejs/kit'

/** A wallet is its owner's: guests sign in first, then come back to where they were going, with what they had chosen. */
export function needSignIn(signedIn: boolean, url: URL): void {
  if (!signedIn) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`)
}
