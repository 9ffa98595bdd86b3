import { expect, test } from 'vitest'
import { checkHygiene } from './hygiene.ts'

const problems = (path: string, text: string) =>
  checkHygiene(new Map([[path, text]])).map(({ problem }) => problem)
// Put together here, so that this file itself names no such path.
const place = (top: string) => ['', top, 'someone', 'notes.md'].join('/')

test('A path of one machine is found with its line', () => {
  expect(problems('docs/a.md', `first\nsee ${place('root')}`)).toEqual(['line 2 names a path of one machine'])
  expect(problems('docs/a.md', `see ${place('home')}/x`)).toEqual(['line 1 names a path of one machine'])
})

test('A web address or a path inside the repository is no such path', () => {
  expect(problems('docs/a.md', 'see https://example.com/root/work and web/root/x, ./work/y')).toEqual([])
})

test('A registry in the lockfile is found', () => {
  expect(problems('package-lock.json', '{ "resolved": "https://registry.example/a.tgz" }')).toHaveLength(1)
  expect(problems('package-lock.json', '{ "version": "1.0.0" }')).toEqual([])
})

test('Secrets and the marks of an unfinished merge are found', () => {
  expect(problems('workers/a/.dev.vars', 'A=1')).toHaveLength(1)
  expect(problems('a.ts', ['<<<<<<<', 'HEAD'].join(' '))).toHaveLength(1)
})
