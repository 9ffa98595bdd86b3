import { z } from 'zod'
import type { EventId, MemberId } from '#contracts/ids'
import { ImageUrls } from '#contracts/media'
import { NotificationType } from '#contracts/notifications'
import type { Telling, Watchers } from './tellings.rules.ts'

/** What is to be done at an inbox. Every kind of it may be done twice. */
export const Errand = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('put'),
    source: z.string(),
    draft: z.object({
      type: NotificationType,
      params: z.string(),
      url: z.string(),
      photo: z.union([ImageUrls, z.null()]),
      collapseKey: z.string().nullable(),
      order: z.int().nullable(),
      // Absent in errands written before one fact told of several.
      count: z.int().default(1),
      atMs: z.int(),
      // Absent in errands written before there was mail.
      byMail: z.enum(['never', 'unless_seen']).default('unless_seen'),
    }),
  }),
  z.object({ kind: z.literal('read'), collapseKey: z.string(), upTo: z.int() }),
  z.object({ kind: z.literal('wipe') }),
])
export type Errand = z.infer<typeof Errand>

/** An errand, its own id, and whom it goes to. */
export type Sending = { id: string; errand: Errand; to: MemberId[] | Watchers }

type Fact = { id: EventId; at: number }

/** What a fact's tellings ask of the inboxes; nothing where there is nobody to tell. */
export const sendingsOf = (fact: Fact, tellings: Telling[]): Sending[] =>
  tellings
    .filter(({ to }) => !Array.isArray(to) || to.length > 0)
    .map((telling, index) => ({
      id: `${fact.id}:${index}`,
      to: telling.to,
      errand: {
        kind: 'put',
        source: telling.source ?? fact.id,
        draft: {
          type: telling.params.type,
          params: JSON.stringify(telling.params),
          url: telling.url,
          photo: telling.photo ?? null,
          collapseKey: telling.collapse?.key ?? null,
          order: telling.collapse?.order ?? null,
          count: telling.collapse?.count ?? 1,
          atMs: fact.at,
          byMail: telling.byMail ?? 'unless_seen',
        },
      },
    }))
