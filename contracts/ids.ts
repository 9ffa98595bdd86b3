import { z } from '@hono/zod-openapi'

/**
 * Every id is `<prefix>_<26 characters of Crockford base32>`: 48 bits of milliseconds, then 80 random bits,
 * so that ids of one kind sort by the time they were made. `kit/id.ts` makes them, this file only knows them.
 */
const id = <Prefix extends string>(prefix: Prefix, example: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`))
    .brand<Prefix>()
    .openapi({ example: `${prefix}_${example}` })

const EXAMPLE = '01kaj5v0e8q6r1x3n7w2z9c4bt'

export const MemberId = id('mem', EXAMPLE)
export type MemberId = z.infer<typeof MemberId>

export const SessionId = id('ses', EXAMPLE)
export type SessionId = z.infer<typeof SessionId>

export const ListingId = id('lst', EXAMPLE)
export type ListingId = z.infer<typeof ListingId>

export const CommentId = id('cmt', EXAMPLE)
export type CommentId = z.infer<typeof CommentId>

export const ImageId = id('img', EXAMPLE)
export type ImageId = z.infer<typeof ImageId>

export const EventId = id('evt', EXAMPLE)
export type EventId = z.infer<typeof EventId>

/** The prefix of every kind of id there is, in one place. */
export type IdPrefix = 'mem' | 'ses' | 'lst' | 'cmt' | 'img' | 'evt'
export type IdOf<Prefix extends IdPrefix> = {
  mem: MemberId
  ses: SessionId
  lst: ListingId
  cmt: CommentId
  img: ImageId
  evt: EventId
}[Prefix]
