import type { MessagePage } from '#contracts/chat'
import type { RoomState } from '$lib/chat/room-state.ts'
import { ruleFor } from './kept-rules.ts'
import { handsNow, keep, ownerHere } from './kept-store.ts'

/**
 * Keeps a talk as it stands: what came over the room's own line passed the service worker by. `path` is what the page asks
 * for when it opens the room. Best effort: not kept, the room opens offline as it was when it was opened last.
 */
export async function keepTalk(path: string, log: RoomState, size: number): Promise<void> {
  if (!('caches' in globalThis) || (await ownerHere()) !== log.me) return
  const url = new URL(path, location.origin)
  const rule = ruleFor(url)
  if (!rule) return
  const items = log.messages.slice(-size)
  const page: MessagePage = {
    items,
    hasOlder: log.hasOlder || items.length < log.messages.length,
    hasNewer: false,
    lastSeq: log.lastSeq,
    revision: log.revision,
    faces: [...log.faces.values()],
    reads: [...log.reads].map(([memberId, seq]) => ({ memberId, seq })),
  }
  await keep(url.pathname + url.search, JSON.stringify(page), 'application/json', rule, handsNow())
}
