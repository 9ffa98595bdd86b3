import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openJournal } from './journal.ts'

const dir = mkdtempSync(join(tmpdir(), 'madang-journal-'))
afterAll(() => rmSync(dir, { recursive: true }))

test('Work noted in a journal is not done again by the next process; work cut off before its note is', async () => {
  const file = join(dir, 'journal')
  const done: string[] = []
  const work = (name: string) => async () => {
    done.push(name)
    return `${name} made`
  }
  const first = openJournal(file)
  await first.once('a', work('a'))
  await expect(
    first.once('b', async () => {
      throw new Error('killed')
    }),
  ).rejects.toThrow('killed')
  // A kill may cut a line in the middle of its writing.
  appendFileSync(file, '["c","c ma')
  const second = openJournal(file)
  expect(await second.once('a', work('a'))).toBe('a made')
  expect(await second.once('b', work('b'))).toBe('b made')
  expect(await second.once('c', work('c'))).toBe('c made')
  expect(await openJournal(file).once('c', work('c'))).toBe('c made')
  expect(done).toEqual(['a', 'b', 'c'])
})
