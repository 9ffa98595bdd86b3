import type { ReportTarget } from '#contracts/moderation'

/** A thing as one string: what a case is about, and what the audit log names. */
export function keyOf(target: ReportTarget): string {
  switch (target.kind) {
    case 'member':
      return `member:${target.memberId}`
    case 'listing':
      return `listing:${target.listingId}`
    case 'comment':
      return `comment:${target.commentId}`
    case 'message':
      return `message:${target.roomId}:${target.seq}`
  }
}

const EXCERPT_LENGTH_MAX = 200

/** The first words of what is judged. */
export function excerptOf(words: string): string {
  const letters = [...words]
  return letters.length <= EXCERPT_LENGTH_MAX
    ? words
    : `${letters.slice(0, EXCERPT_LENGTH_MAX - 1).join('')}…`
}
