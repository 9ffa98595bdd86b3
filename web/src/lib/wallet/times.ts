import { getLocale } from '$lib/paraglide/runtime.js'

// As in format/words: the server writes the town's time, the browser its reader's own.
const ZONE = typeof document === 'undefined' ? { timeZone: 'Asia/Seoul' } : {}

/** "11월 28일 오후 7:47": what is under way is days ahead at most, so the year goes without saying. */
export const shortTime = (at: string): string =>
  new Intl.DateTimeFormat(getLocale(), {
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    ...ZONE,
  }).format(new Date(at))
