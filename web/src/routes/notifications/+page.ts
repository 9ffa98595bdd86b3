import type { NotificationPage } from '#contracts/notifications'
import { get, query } from '$lib/api/client.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:notifications')
  const onlyUnread = url.searchParams.get('unread') === 'true'
  const { signedIn } = await parent()
  const inbox = signedIn
    ? await get<NotificationPage>(fetch, `/notifications${query({ unread: onlyUnread || null })}`)
    : null
  return { onlyUnread, inbox }
}
