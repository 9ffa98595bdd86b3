import { describe, expect, it } from 'vitest'
import { DELETE_WINDOW_MS, EDIT_WINDOW_MS } from '#contracts/chat'
import { MemberId } from '#contracts/ids'
import { newId } from '#kit/id'
import type { MessageRow } from './messages.store.ts'
import {
  comings,
  editRefusal,
  flushRetryMs,
  recipientsOf,
  removeRefusal,
  shownMessage,
  wholeMessage,
  writingRefusal,
} from './room.rules.ts'

const [seller, buyer] = [MemberId.parse(newId('mem', 1)), MemberId.parse(newId('mem', 2))]
const AT_MS = 1_795_000_000_000
const member = (memberId: MemberId) => ({
  member_id: memberId,
  last_read_seq: 0,
  told_seq: 0,
  told_at_ms: 0,
  muted_until_ms: null,
})
const row: MessageRow = {
  seq: 3,
  sender_id: seller,
  client_id: 'client-3',
  sent_text: null,
  kind: 'text',
  text: '국민 123456-01-234567',
  image: null,
  system: null,
  warnings: '["bank_account"]',
  at_ms: AT_MS,
  edited_at_ms: null,
  is_taken_back: 0,
  is_hidden: 0,
  revision: 0,
  version: 5,
}

describe('a message', () => {
  it('taken back or hidden has lost its words and warnings for its readers, not for the operator', () => {
    for (const gone of [{ is_taken_back: 1 }, { is_hidden: 1 }]) {
      const shown = shownMessage({ ...row, ...gone })
      expect(shown).not.toHaveProperty('text')
      expect(shown.warnings).toEqual([])
      expect(wholeMessage({ ...row, ...gone })).toMatchObject({ text: row.text, warnings: ['bank_account'] })
    }
  })

  it('that its author took back stays so when the operator shows it again', () => {
    expect(shownMessage({ ...row, is_taken_back: 1, is_hidden: 1 }).removed).toBe('by_operator')
    expect(shownMessage({ ...row, is_taken_back: 1, is_hidden: 0 }).removed).toBe('by_author')
  })

  it('is changed by its author alone, and not after its window', () => {
    expect(editRefusal(row, seller, AT_MS + EDIT_WINDOW_MS)).toBeNull()
    expect(editRefusal(row, seller, AT_MS + EDIT_WINDOW_MS + 1)).toBe('EDIT_WINDOW_OVER')
    expect(editRefusal(row, buyer, AT_MS)).toBe('NOT_FOUND')
    expect(editRefusal({ ...row, is_hidden: 1 }, seller, AT_MS)).toBe('NOT_FOUND')
    expect(editRefusal(null, seller, AT_MS)).toBe('NOT_FOUND')
    expect(removeRefusal(row, seller, AT_MS + DELETE_WINDOW_MS)).toBeNull()
    expect(removeRefusal(row, seller, AT_MS + DELETE_WINDOW_MS + 1)).toBe('EDIT_WINDOW_OVER')
    expect(removeRefusal({ ...row, is_taken_back: 1 }, seller, AT_MS + 2 * DELETE_WINDOW_MS)).toBeNull()
    expect(removeRefusal({ ...row, kind: 'system', sender_id: null }, seller, AT_MS)).toBe('NOT_FOUND')
  })

  it('is told to the other unless they look on or muted the room', () => {
    const nobody = () => false
    const isBuyer = (memberId: MemberId) => memberId === buyer
    const members = [member(seller), { ...member(buyer), muted_until_ms: AT_MS }]
    const said = { senderId: seller, kind: 'listing', atMs: AT_MS } as const
    expect(recipientsOf(members, said, nobody)).toEqual([buyer])
    expect(recipientsOf(members, { ...said, atMs: AT_MS - 1 }, nobody)).toEqual([])
    expect(recipientsOf(members, said, isBuyer)).toEqual([])
    expect(recipientsOf(members, { ...said, senderId: buyer }, isBuyer)).toEqual([seller])
  })

  it('is told in a group to who has not come to read what they were told before, once an hour', () => {
    const awaited = { ...member(buyer), told_seq: 3, told_at_ms: AT_MS }
    const told = (row: typeof awaited, kind: 'listing' | 'group_buy', laterMs: number) =>
      recipientsOf([member(seller), row], { senderId: seller, kind, atMs: AT_MS + laterMs }, () => false)
    expect(told(awaited, 'group_buy', 1)).toEqual([])
    expect(told(awaited, 'listing', 1)).toEqual([buyer])
    expect(told({ ...awaited, last_read_seq: 3 }, 'group_buy', 1)).toEqual([buyer])
    expect(told(awaited, 'group_buy', 60 * 60_000)).toEqual([buyer])
  })
})

it('who comes and who goes is what is between two crowds', () => {
  const third = MemberId.parse(`mem_${'2'.repeat(26)}`)
  expect(comings([{ member_id: seller }, { member_id: buyer }], [seller, third, third])).toEqual({
    came: [third],
    went: [buyer],
  })
  expect(comings([{ member_id: seller }], [seller])).toEqual({ came: [], went: [] })
})

it('a block silences both, and a closed room is closed first of all', () => {
  const peace = [{ blocks: 0 }, { blocks: 0 }]
  const blocked = [{ blocks: 0 }, { blocks: 1 }]
  expect(writingRefusal({ state: 'open' }, peace)).toBeNull()
  expect(writingRefusal({ state: 'open' }, blocked)).toBe('MEMBER_BLOCKED')
  expect(writingRefusal({ state: 'closed' }, blocked)).toBe('ROOM_CLOSED')
})

it('a flush that keeps failing comes later and later, and never stops coming', () => {
  const waits = Array.from({ length: 2_000 }, (_, failures) => flushRetryMs(failures))
  expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000])
  expect(waits).toEqual(waits.toSorted((a, b) => a - b))
  expect(waits.at(-1)).toBe(5 * 60_000)
})
