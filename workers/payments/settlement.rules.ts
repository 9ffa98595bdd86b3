import type { HoldId, MemberId } from '#contracts/ids'
import type { Cause } from '#contracts/payments'

export type SettlementOrder = {
  settlementId: string
  cause: Cause
  takes: { holdId: HoldId; amount: number }[]
  gives: { to: MemberId | 'fees' | 'promotion'; amount: number }[]
  memo: string
}

const sum = (parts: { amount: number }[]): number => parts.reduce((total, { amount }) => total + amount, 0)

/** Whether what is taken is what is given, each hold named once, and nothing is less than nothing. */
export function balances({ takes, gives }: SettlementOrder): boolean {
  const areWhole = [...takes, ...gives].every(({ amount }) => Number.isSafeInteger(amount) && amount >= 0)
  const areDistinct = new Set(takes.map(({ holdId }) => holdId)).size === takes.length
  return areWhole && areDistinct && takes.length > 0 && sum(takes) === sum(gives)
}

/** What a settlement asks for as one text: the same for the same movement of money, in whatever order it is written down. */
export const inWords = ({ cause, takes, gives }: SettlementOrder): string =>
  [
    `for ${cause.kind} ${cause.id}`,
    ...takes.map(({ holdId, amount }) => `take ${holdId} ${amount}`).toSorted(),
    ...gives.map(({ to, amount }) => `give ${to} ${amount}`).toSorted(),
  ].join('\n')
