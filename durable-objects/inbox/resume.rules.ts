/**
 * The number a stream goes on from. Only a number this inbox has given out counts: text, signs and numbers beyond the last are taken
 * for "from the end", like no number at all, so that nothing a client makes up shows more than its own inbox, or breaks it.
 */
export function resumePoint(lastEventId: string | null, lastSeq: number): number {
  if (lastEventId === null || !/^\d{1,15}$/.test(lastEventId)) return lastSeq
  return Math.min(Number(lastEventId), lastSeq)
}
