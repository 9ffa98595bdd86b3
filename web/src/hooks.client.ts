import { getLocale, overwriteGetLocale } from '$lib/paraglide/runtime.js'

/** A page keeps its language until it is loaded anew (Settings.svelte does so): the cookie is read once, not for each text. */
const locale = getLocale()
overwriteGetLocale(() => locale)
