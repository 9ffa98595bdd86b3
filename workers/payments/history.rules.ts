import { MemberId } from '#contracts/ids'
import type { Seller } from '#contracts/listings'
import type { CauseKind, ListEntries, WalletEntry } from '#contracts/payments'
import { DAY_MS, toIso } from '#kit/clock'
import type { EntryFilter, EntryRow } from './history.store.ts'

export type EntriesAsked = Pick<ListEntries, 'direction' | 'cause' | 'from' | 'until'>

/** The filter of a question; its days are the town's, both included. */
export const filterOf = ({ direction, cause, from, until }: EntriesAsked): EntryFilter => ({
  direction,
  cause,
  fromMs: from === undefined ? undefined : startOf(from),
  untilMs: until === undefined ? undefined : startOf(until) + DAY_MS,
})

const startOf = (day: string): number => Date.parse(`${day}T00:00:00+09:00`)

/** What a cursor of this list is good for: the same member's lines under the same filter. */
export const listNameOf = (memberId: MemberId, { direction, cause, from, until }: EntriesAsked): string =>
  `entries ${memberId} ${JSON.stringify([direction, cause, from, until].map((part) => part ?? null))}`

const MEMBER_ACCOUNT = /^member:(.+)$/

/** The member behind an account, or null for one of the platform's. */
export const memberBehind = (accountId: string): MemberId | null =>
  MemberId.safeParse(MEMBER_ACCOUNT.exec(accountId)?.[1]).data ?? null

/** A line as its owner reads it. */
export function entryOf(row: EntryRow, faceOf: (id: MemberId) => Seller): WalletEntry {
  const peer = memberBehind(row.otherId)
  return {
    id: row.id,
    transferId: row.transferId,
    amount: row.amount,
    balanceAfter: row.balanceAfter,
    cause: { kind: row.causeKind, id: row.causeId },
    peer: peer === null ? null : faceOf(peer),
    memo: row.memo,
    url: row.url,
    at: toIso(row.atMs),
  }
}

type Language = 'ko' | 'en'
export const CSV_HEADER: Record<Language, readonly string[]> = {
  ko: ['일시', '구분', '상대', '내용', '들어온 돈', '나간 돈', '잔액'],
  en: ['Date', 'Type', 'With', 'Note', 'In', 'Out', 'Balance'],
}
const CAUSE_WORDS: Record<Language, Record<CauseKind, string>> = {
  ko: {
    charge: '충전',
    transfer: '송금',
    payout: '출금',
    trade: '거래',
    refund: '환불',
    group_buy: '공동구매',
    correction: '정정',
  },
  en: {
    charge: 'Top-up',
    transfer: 'Transfer',
    payout: 'Pay-out',
    trade: 'Trade',
    refund: 'Refund',
    group_buy: 'Group buy',
    correction: 'Correction',
  },
}
const TOWN_OFFSET_MS = 9 * 60 * 60 * 1000

/** A line of the table people take away. Money in and out stand in columns of their own, so that no number begins with a sign. */
export function csvRowOf({ at, cause, peer, memo, amount, balanceAfter }: WalletEntry, language: Language) {
  const local = new Date(Date.parse(at) + TOWN_OFFSET_MS).toISOString()
  return [
    `${local.slice(0, 10)} ${local.slice(11, 19)}`,
    CAUSE_WORDS[language][cause.kind],
    peer?.nickname ?? '',
    memo ?? '',
    amount > 0 ? amount : '',
    amount < 0 ? -amount : '',
    balanceAfter,
  ]
}
