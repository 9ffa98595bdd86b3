export type Part =
  | { kind: 'words'; text: string }
  | { kind: 'link'; text: string; href: string; host: string; isOurs: boolean }

/** What people write as an address: with its scheme, or beginning with www. */
const ADDRESS = /(?:https?:\/\/|www\.)[^\s<>"'`]{3,}/gi
/** A full stop or bracket after an address belongs to the sentence. */
const SENTENCE_END = /[.,!?;:)\]}'"…。]+$/

/** A text as words and links. Only http and https become links, and each tells the host it really leads to. */
export function partsOf(text: string, ownHost: string): Part[] {
  const parts: Part[] = []
  let rest = 0
  for (const found of text.matchAll(ADDRESS)) {
    const address = found[0].replace(SENTENCE_END, '')
    const target = targetOf(address)
    if (target === null) continue
    if (found.index > rest) parts.push({ kind: 'words', text: text.slice(rest, found.index) })
    parts.push({
      kind: 'link',
      text: address,
      href: target.href,
      host: target.host,
      isOurs: target.host === ownHost,
    })
    rest = found.index + address.length
  }
  if (rest < text.length) parts.push({ kind: 'words', text: text.slice(rest) })
  return parts
}

function targetOf(address: string): URL | null {
  const url = URL.parse(address.startsWith('www.') ? `https://${address}` : address)
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url : null
}
