import type { Result } from '#contracts/errors'
import type { AuditLine } from '#contracts/moderation'
import type { Page, PageQuery } from '#contracts/page'
import { openPage, pageFrom } from '#kit/page'
import { ok } from '#kit/result'
import { readAudit } from './audit.store.ts'
import type { ModerationEnv } from './env.ts'

const LIST = 'audit'

/** The log of every act and look, the newest first. */
export async function listAudit(
  env: Pick<ModerationEnv, 'DB' | 'CURSOR_SECRET'>,
  query: PageQuery,
): Promise<Result<Page<AuditLine>>> {
  const opened = openPage(env.CURSOR_SECRET, LIST, query.cursor)
  if (!opened.ok) return opened
  const before = opened.value === null ? Number.MAX_SAFE_INTEGER : Number(opened.value[0])
  const rows = await readAudit(env.DB, before, query.limit + 1)
  const page = pageFrom(env.CURSOR_SECRET, LIST, rows, query.limit, ({ seq }) => [seq])
  return ok({ items: page.items.map(({ seq, ...line }) => line), nextCursor: page.nextCursor })
}
