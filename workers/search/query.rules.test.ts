import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchOf, QUERY_WORDS_MAX, wordsOf } from './query.rules.ts'
import { fold, indexTokens, initialsOf } from './text.rules.ts'

/** The index as the migration makes it, filled with titles and bodies. */
function indexOf(rows: { title: string; body?: string }[]) {
  const db = new DatabaseSync(':memory:')
  db.exec(`CREATE VIRTUAL TABLE grams USING fts5 (title, body, initials, tags, content = '', contentless_delete = 1,
    tokenize = "ascii tokenchars '_'", detail = full)`)
  const insert = db.prepare('INSERT INTO grams (rowid, title, body, initials, tags) VALUES (?, ?, ?, ?, ?)')
  rows.forEach(({ title, body = '' }, index) => {
    insert.run(
      index + 1,
      indexTokens(fold(title)),
      indexTokens(fold(body)),
      indexTokens(initialsOf(fold(title))),
      's_on_sale',
    )
  })
  const found = (match: string) =>
    db
      .prepare('SELECT rowid FROM grams WHERE grams MATCH ? ORDER BY rowid')
      .all(match)
      .map((row) => Number(row.rowid))
  return { found, search: (query: string) => found(matchOf(wordsOf(query), [['s_on_sale']]).everywhere) }
}

describe('a query against the index', () => {
  const { search } = indexOf([
    { title: '접이식 자전거거치대 팝니다' },
    { title: '자전거 거치대' },
    { title: 'iPhone15 프로 256GB 블랙' },
    { title: '원목 책상', body: '책장과 함께 가져가세요. 의자는 없어요.' },
    { title: 'Vélo pliant', body: 'very good condition' },
  ])

  test.each([
    ['치대', [1, 2]],
    ['전거', [1, 2]],
    ['자전거거치대', [1, 2]],
    ['자전거 거치대', [1, 2]],
    ['거치대 자전거', [1, 2]],
    ['책', [4]],
    ['책장 의자', [4]],
    ['책장 침대', []],
    ['아이폰', []],
    ['iphone 15', [3]],
    ['IPHONE15프로', [3]],
    ['256gb', [3]],
    ['ㅈㅈㄱ', [1, 2]],
    ['ㄱㅊㄷ', [1, 2]],
    ['ㅇㅁ 책상', [4]],
    ['자전ㄱ', [1, 2]],
    ['velo', [5]],
    ['gOOd', [5]],
  ])('%s finds %j', (query, ids) => {
    expect(search(query)).toEqual(ids)
  })

  test('hits in titles and hits only in bodies are told apart and together are all hits', () => {
    const { found } = indexOf([
      { title: '책상' },
      { title: '의자', body: '책상과 함께' },
      { title: '책상 의자' },
    ])
    const match = matchOf(wordsOf('책상'), [])
    expect(found(match.titled)).toEqual([1, 3])
    expect(match.onlyInBody && found(match.onlyInBody)).toEqual([2])
    expect(found(match.everywhere)).toEqual([1, 2, 3])
  })

  test('a word is found exactly where its letters stand in a row, spaces aside', () => {
    const syllable = fc.constantFrom('자', '전', '거', '대', 'a', '1', ' ')
    const text = fc.array(syllable, { minLength: 1, maxLength: 12 }).map((chars) => chars.join(''))
    fc.assert(
      fc.property(text, text, (title, query) => {
        const words = wordsOf(query)
        fc.pre(words.length > 0)
        const expected = words.every(({ chars }) => fold(title).includes(chars.join('')))
        expect(indexOf([{ title }]).search(query)).toEqual(expected ? [1] : [])
      }),
      { numRuns: 200 },
    )
  })

  test('no text, however hostile, makes an expression the index refuses', () => {
    const operators = fc.constantFrom(
      '"',
      "'",
      '*',
      '^',
      'NEAR(',
      ' OR ',
      ' NOT ',
      ' AND ',
      '(',
      ')',
      ':',
      '\u0000',
      '\ud800',
      '{title}',
      '-',
      '+',
      '가',
      'a',
    )
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(operators).map((parts) => parts.join('')),
    )
    const { search } = indexOf([{ title: '자전거' }])
    fc.assert(
      fc.property(hostile, (query) => {
        if (wordsOf(query).length > 0) search(query)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the words of a query', () => {
  test('are bounded and each there once', () => {
    expect(wordsOf('책상 책상 책 상').map(({ chars }) => chars.join(''))).toEqual(['책상', '책', '상'])
    expect(wordsOf('가 나 다 라 마 바 사 아 자 차')).toHaveLength(QUERY_WORDS_MAX)
    expect(wordsOf(' !? 👍 ')).toEqual([])
  })

  test('joined consonants that a keyboard made of two are taken apart', () => {
    expect(wordsOf('ㄳ')).toEqual([{ kind: 'initials', chars: ['ㄱ', 'ㅅ'] }])
    expect(wordsOf('ㅠㅠ')).toEqual([{ kind: 'text', chars: ['ㅠ', 'ㅠ'] }])
  })
})
