import { z } from 'zod'
import { MINUTE_MS, SECOND_MS } from '#kit/clock'
import type { Letter } from './mail/port.ts'
import { seal, unseal } from './vault.ts'

/** While a letter is being sent nobody else sends it; a sender that died gives it back after this. */
const SENDING_LEASE_MS = 30 * SECOND_MS
const RETRY_DELAY_MS_MAX = 30 * MINUTE_MS
const SWEEP_MAX = 50
const SEALED_AS = 'letter'

const StoredLetter = z.object({ to: z.string(), subject: z.string(), text: z.string() })

export type NewMail = { id: string; kind: string; letter: Letter; atMs: number; expiresAtMs: number }

/** The statement that puts a letter beside its cause; codes stand in letters, so they are sealed. */
export const mailPut = (db: D1Database, secret: string, mail: NewMail): D1PreparedStatement =>
  mailInsert(db, 'INSERT', secret, mail)

/** The same for a letter whose id is made of its cause: one that is there already stays as it is. */
export const mailPutOnce = (db: D1Database, secret: string, mail: NewMail): D1PreparedStatement =>
  mailInsert(db, 'INSERT OR IGNORE', secret, mail)

const mailInsert = (
  db: D1Database,
  verb: 'INSERT' | 'INSERT OR IGNORE',
  secret: string,
  mail: NewMail,
): D1PreparedStatement =>
  db
    .prepare(
      `${verb} INTO mails (id, kind, sealed, created_at_ms, next_attempt_at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      mail.id,
      mail.kind,
      seal(secret, SEALED_AS, JSON.stringify(mail.letter)),
      mail.atMs,
      mail.atMs,
      mail.expiresAtMs,
    )

/** Takes a letter to send it; null when it was sent, is being sent, or is too old to be of use. */
export async function takeMail(
  db: D1Database,
  secret: string,
  id: string,
  atMs: number,
): Promise<Letter | null> {
  const row = await db
    .prepare(
      `UPDATE mails SET attempts = attempts + 1,
         next_attempt_at_ms = ? + min(?, ? * (1 << min(attempts, 10)))
       WHERE id = ? AND sent_at_ms IS NULL AND sealed IS NOT NULL AND next_attempt_at_ms <= ? AND expires_at_ms > ?
       RETURNING sealed`,
    )
    .bind(atMs, RETRY_DELAY_MS_MAX, SENDING_LEASE_MS, id, atMs, atMs)
    .first<{ sealed: string }>()
  return row ? StoredLetter.parse(JSON.parse(unseal(secret, SEALED_AS, row.sealed))) : null
}

/** The letter is out: only that it was sent is kept. */
export const markMailSent = async (db: D1Database, id: string, atMs: number): Promise<void> => {
  await db.prepare('UPDATE mails SET sent_at_ms = ?, sealed = NULL WHERE id = ?').bind(atMs, id).run()
}

/** Letters whose turn has come (again). */
export async function waitingMails(db: D1Database, atMs: number): Promise<string[]> {
  const rows = await db
    .prepare(
      `SELECT id FROM mails WHERE sent_at_ms IS NULL AND sealed IS NOT NULL AND next_attempt_at_ms <= ? AND expires_at_ms > ?
       ORDER BY next_attempt_at_ms LIMIT ?`,
    )
    .bind(atMs, atMs, SWEEP_MAX)
    .all<{ id: string }>()
  return rows.results.map(({ id }) => id)
}
