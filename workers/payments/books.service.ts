import type { Books } from '#contracts/payments'
import { toIso } from '#kit/clock'
import { PART_NAMES } from './audit.store.ts'
import { readBooks, readPlatformAccounts } from './books.store.ts'
import type { PaymentsEnv } from './env.ts'

/** How the books stand. The audit goes through its parts and through what the holds are for. */
const AUDITED_PARTS = PART_NAMES.length + 1

/** For operators: what the platform's accounts carry, what is owed to members, and when all of it was last gone through. */
export async function booksOf(env: PaymentsEnv): Promise<Books> {
  const [row, accounts] = await Promise.all([readBooks(env.DB, AUDITED_PARTS), readPlatformAccounts(env.DB)])
  return {
    accounts,
    members: { balance: row.balance, held: row.held, wallets: row.wallets },
    openHolds: { count: row.openHolds, amount: row.openAmount },
    auditedAt: row.auditedAtMs === null ? null : toIso(row.auditedAtMs),
    openIncidents: row.openIncidents,
  }
}
