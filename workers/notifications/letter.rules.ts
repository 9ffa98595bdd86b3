import type { Notification } from '#contracts/notifications'
import type { Locale } from '#kit/problem'

/** A notification as a letter. `origin` is where our pages are, empty where that is not known: the path stands alone then. */
export function letterOf(
  { title, body, url }: Pick<Notification, 'title' | 'body' | 'url'>,
  locale: Locale,
  origin: string,
): { subject: string; text: string } {
  const [see, settings, sign] =
    locale === 'ko'
      ? ['마당에서 보기', '메일을 받지 않으려면', '마당 드림']
      : ['See it on Madang', 'To get no such mail', 'Madang']
  const lines = [
    ...[title, '', body, '', `${see}: ${origin}${url}`],
    ...[`${settings}: ${origin}/me/notifications`, '', sign],
  ]
  return { subject: locale === 'ko' ? `[마당] ${title}` : `[Madang] ${title}`, text: `${lines.join('\n')}\n` }
}
