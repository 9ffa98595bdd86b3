import type { UnreadChats } from '#contracts/chat'
import type { UnreadNotifications } from '#contracts/notifications'
import { get } from '$lib/api/client.ts'

/**
 * What waits for the member: the two badges of the frame. Small, since every page carries it; the live line behind it
 * (lib/notifications/live.ts) comes after the first paint and only for whoever is signed in.
 */
class Bell {
  unread = $state(0)
  chats = $state(0)
  #end: (() => void) | null = null
  #turn = 0

  /** Begins to follow a member's inbox, or none. Called again, it lets go of the one before first. */
  follow(memberId: string | null): void {
    const turn = ++this.#turn
    this.#end?.()
    this.#end = null
    this.unread = 0
    this.chats = 0
    if (memberId === null) return
    void this.ask()
    void import('$lib/notifications/live.ts')
      .then(({ listen }) => {
        if (turn === this.#turn) this.#end = listen(this)
      })
      // Without the live line the numbers still come with each page and each look at the window.
      .catch(() => undefined)
  }

  /** Both numbers as they stand. A failed question leaves the last known ones. */
  async ask(): Promise<void> {
    const turn = this.#turn
    const reply = await get<UnreadNotifications>(fetch, '/notifications/unread')
    if (reply.ok && turn === this.#turn) this.unread = reply.value.unread
    await this.askChats()
  }

  async askChats(): Promise<void> {
    const turn = this.#turn
    const reply = await get<UnreadChats>(fetch, '/chat/unread')
    if (reply.ok && turn === this.#turn) this.chats = reply.value.messages
  }
}

export const bell = new Bell()
