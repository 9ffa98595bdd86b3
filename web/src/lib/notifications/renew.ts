import type { Device } from '#contracts/notifications'
import { goto } from '$app/navigation'
import { get } from '$lib/api/client.ts'
import { m } from '$lib/paraglide/messages.js'
import { say } from '$lib/ui/toasts.svelte.ts'
import { deviceHere, endHere, isSubscribedAsTold, isTurnedOnBy, register } from './push.ts'

/**
 * Push services let go of subscriptions, some without a word: each opening of the app tells ours anew where this browser is
 * reached. Only for who turned it on here, and never against a removal: a device that is gone from their list with the
 * subscription unchanged was taken off, or died unseen; its member is told and decides.
 */
export async function renewHere(memberId: string): Promise<void> {
  if (!isTurnedOnBy(memberId) || Notification.permission !== 'granted') return
  const mine = await get<{ items: Device[] }>(fetch, '/notifications/devices')
  if (!mine.ok) return
  const isListed = mine.value.items.some(({ id }) => id === deviceHere())
  if (isListed || !(await isSubscribedAsTold())) {
    await register(memberId)
    return
  }
  await endHere()
  say(m.ntf_device_lost(), 'plain', {
    word: m.ntf_device_again(),
    run: () => void goto('/me/notifications'),
  })
}
