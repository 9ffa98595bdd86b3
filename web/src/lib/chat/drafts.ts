/** Words begun and not sent, by room: they wait while the reader looks into another room, and go with the page. */
const drafts = new Map<string, string>()

export const draftOf = (key: string): string => drafts.get(key) ?? ''

/** Called in the browser only: a server's memory is everybody's. */
export function keepDraft(key: string, text: string): void {
  if (text === '') drafts.delete(key)
  else drafts.set(key, text)
}
