/**
 * Words begun and not sent, by room: they wait while the reader looks into another room or loads the page again, and go with the tab.
 * A server has no tab, and a browser that keeps nothing for us loses a draft, never a message.
 */
const nameOf = (key: string) => `madang:draft:${key}`

export function draftOf(key: string): string {
  if (typeof sessionStorage === 'undefined') return ''
  try {
    return sessionStorage.getItem(nameOf(key)) ?? ''
  } catch {
    return ''
  }
}

export function keepDraft(key: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(nameOf(key))
    else sessionStorage.setItem(nameOf(key), text)
  } catch {
    // Storage is full or refused.
  }
}
