import { z } from '@hono/zod-openapi'

export const PAGE_LIMIT_DEFAULT = 20
export const PAGE_LIMIT_MAX = 50
const CURSOR_LENGTH_MAX = 512

/** Query parameters every list takes. The cursor is opaque, signed, and good only for the same list and sort. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
  cursor: z.string().max(CURSOR_LENGTH_MAX).optional(),
})
export type PageQuery = z.infer<typeof PageQuery>

/** `{ items, nextCursor, total? }`; `nextCursor` is null on the last page. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.int().optional() })
export type Page<Item> = { items: Item[]; nextCursor: string | null; total?: number }
