import type { AccountOff, EntryOff, HoldOff, TradeHold, TransferOff } from './audit.store.ts'
import type { Finding, Proposal } from './incident.store.ts'
import { type AccountId, platformAccount } from './ledger.rules.ts'

const CORRECTION = platformAccount('correction')

/** One finding an invariant, aggregate and difference: dismissed once it is not raised again, a new difference is. */
const found = (finding: Omit<Finding, 'key'>): Finding => ({
  ...finding,
  key: `${finding.invariant}:${finding.aggregate}:${finding.difference}`,
})

/** The entry by which an account comes to `amount` more, or less when that is negative. */
function entryOf(account: AccountId, amount: number, reason: string): Proposal | null {
  if (account === CORRECTION || amount === 0) return null
  return amount > 0
    ? { from: CORRECTION, to: account, amount, reason }
    : { from: account, to: CORRECTION, amount: -amount, reason }
}

/** A balance that is not what its entries come to. */
export const balanceFinding = (account: AccountId, difference: number): Finding =>
  found({
    invariant: 'balance_is_sum_of_entries',
    aggregate: account,
    difference,
    explanation: `The balance is ${difference} more than the account's entries come to.`,
    proposal: entryOf(account, difference, 'books what the balance has and the entries have not'),
    freezes: account,
  })

/** What is off with an account beside its balance, which takes a closer look. */
export function accountFindings(account: AccountOff): Finding[] {
  const { id, balance, held, openHolds } = account
  const spendable = balance - held
  const isShort = account.kind === 'member' && spendable < 0
  const findings = [
    held !== openHolds &&
      found({
        invariant: 'held_is_sum_of_open_holds',
        aggregate: id,
        difference: held - openHolds,
        explanation: `${held} is held, but the account's open holds come to ${openHolds}.`,
        proposal: null,
        freezes: id,
      }),
    isShort &&
      found({
        invariant: 'no_wallet_below_zero',
        aggregate: id,
        difference: spendable,
        explanation: `The wallet can spend ${spendable}.`,
        proposal: entryOf(id, -spendable, 'brings a wallet back to zero'),
        freezes: id,
      }),
    account.owner === 'escrow' &&
      balance !== 0 &&
      found({
        invariant: 'escrow_is_empty',
        aggregate: id,
        difference: balance,
        explanation: `Money only passes through escrow, but ${balance} stayed there.`,
        proposal: entryOf(id, -balance, 'empties the escrow account'),
        freezes: id,
      }),
  ]
  return findings.filter((finding) => finding !== false)
}

/** An entry that is no side of its transfer. One that only does not go on from the one before is for a closer look at its account. */
export const entryFindings = ({ transferId, accountId, amount, owed }: EntryOff): Finding[] =>
  amount === owed
    ? []
    : [
        found({
          invariant: 'transfer_has_two_entries',
          aggregate: transferId,
          difference: amount - (owed ?? 0),
          explanation:
            owed === null
              ? `${accountId} has an entry of ${amount} for a transfer that is not there.`
              : `${accountId} has an entry of ${amount} where the transfer says ${owed}.`,
          proposal: null,
          freezes: accountId,
        }),
      ]

/** A transfer without exactly one entry on each side. */
export const transferFindings = ({ id, debit, credit, amount, debits, credits }: TransferOff): Finding[] =>
  [
    { account: debit, count: debits, difference: amount },
    { account: credit, count: credits, difference: -amount },
  ]
    .filter(({ count }) => count !== 1)
    .map(({ account, count, difference }) =>
      found({
        invariant: 'transfer_has_two_entries',
        aggregate: id,
        difference: difference * (1 - count),
        explanation: `The transfer of ${amount} has ${count} entries of ${account}.`,
        proposal: null,
        freezes: account,
      }),
    )

/** A hold from which something else was taken than it says. */
export const holdFinding = ({ id, accountId, state, posted, taken }: HoldOff): Finding =>
  found({
    invariant: 'hold_resolved_once',
    aggregate: id,
    difference: posted - taken,
    explanation: `The hold is ${state} with ${posted} taken; transfers took ${taken}.`,
    proposal: null,
    freezes: accountId,
  })

/** A hold that nothing will ever resolve but its end; `processId` is what it was put aside for. */
export const processFinding = (
  { holdId, amount }: Pick<TradeHold, 'holdId' | 'amount'>,
  processId: string,
  state: string | null,
): Finding =>
  found({
    invariant: 'hold_has_open_process',
    aggregate: holdId,
    difference: amount,
    explanation: `Held for ${processId}, which is ${state ?? 'not known'}.`,
    proposal: null,
    freezes: null,
  })

/** All entries together, which always come to nothing. */
export const sumFinding = (sum: number): Finding =>
  found({
    invariant: 'entries_sum_to_zero',
    aggregate: 'books',
    difference: sum,
    explanation: `All entries together come to ${sum}.`,
    proposal: null,
    freezes: null,
  })
