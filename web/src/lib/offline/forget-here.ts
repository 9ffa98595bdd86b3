import { wipe } from './kept-store.ts'
import { queueHere } from './sending.ts'

const DRAFTS = /^madang[.:]draft[.:]/

/** Who signs out leaves nothing of theirs on this device: nothing read, nothing begun, nothing waiting to be sent. */
export async function forgetHere(): Promise<void> {
  for (const store of [localStorage, sessionStorage])
    for (const key of Object.keys(store)) if (DRAFTS.test(key)) store.removeItem(key)
  await Promise.allSettled([wipe(), queueHere().clear()])
}
