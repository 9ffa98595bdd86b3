/** The push services of the browsers there are. Whoever is not here is not asked: an endpoint is a URL that a client chose. */
const HOSTS: readonly string[] = ['fcm.googleapis.com', 'web.push.apple.com']
const HOSTS_UNDER: readonly string[] = [
  '.push.services.mozilla.com',
  '.push.apple.com',
  '.notify.windows.com',
]
/** Where a push service is played on a developer's machine. */
export type PushStandIn = { host: string; path: string }

/**
 * The endpoint as it is kept, or null when it is no known push service's: other hosts, addresses, names that only look alike, ports,
 * credentials, anything but https. The stand-in counts only where there are stand-ins.
 */
export function endpointOf(text: string, standIn: PushStandIn | null): { href: string; host: string } | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  const { protocol, username, password, port, hostname, pathname, hash } = url
  const isPlain = protocol === 'https:' && username === '' && password === '' && port === '' && hash === ''
  if (!isPlain || pathname === '/') return null
  const isKnown = HOSTS.includes(hostname) || HOSTS_UNDER.some((suffix) => hostname.endsWith(suffix))
  const isStandIn = hostname === standIn?.host && pathname.startsWith(standIn.path)
  return isKnown || isStandIn ? { href: url.href, host: hostname } : null
}

const BROWSERS: readonly (readonly [mark: RegExp, name: string])[] = [
  [/\bEdg/, 'Edge'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/Whale\//, 'Whale'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
]
const SYSTEMS: readonly (readonly [mark: RegExp, name: string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Macintosh/, 'Mac'],
  [/Linux/, 'Linux'],
]

/** What a device is called that was given no name: its browser and system, as far as it says. */
export function labelOf(userAgent: string | undefined, locale: 'ko' | 'en'): string {
  const named = [BROWSERS, SYSTEMS].flatMap(
    (names) => names.find(([mark]) => mark.test(userAgent ?? ''))?.[1] ?? [],
  )
  return named.length > 0 ? named.join(' · ') : locale === 'ko' ? '브라우저' : 'Browser'
}

const KEY_BYTES = 65
const AUTH_BYTES = 16
const UNCOMPRESSED = 4

/** Whether these are keys of the form RFC 8291 wants. That the point is on the curve only Web Crypto can say. */
export function areKeysWellFormed({ p256dh, auth }: { p256dh: string; auth: string }): boolean {
  const point = bytesOf(p256dh)
  return point?.length === KEY_BYTES && point[0] === UNCOMPRESSED && bytesOf(auth)?.length === AUTH_BYTES
}

/** Bytes of base64url, padded or not; null when it is none. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const plain = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/')
    return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0))
  } catch {
    return null
  }
}
