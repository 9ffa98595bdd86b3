import { describe, expect, test } from 'vitest'
import { checkBoundaries, layerOf } from './check-boundaries.ts'

const errors = (files: Record<string, string>) =>
  checkBoundaries(new Map(Object.entries(files)))
    .filter(({ weight }) => weight === 'error')
    .map(({ path, problem }) => `${path}: ${problem}`)

const SOUND = {
  'contracts/listings.ts': "import { z } from '@hono/zod-openapi'\nexport const Listing = z.object({})",
  'kit/app.ts': "import { Listing } from '#contracts/listings'\nexport const app = Listing",
  'kit/clock.ts': 'export const nowMs = () => 0',
  'workers/listings/http.ts': "import { post } from './listing.service.ts'\nexport const http = post",
  'workers/listings/listing.service.ts':
    "import { canPost } from './listing.rules.ts'\nimport { insert } from './listing.store.ts'\nexport const post = async () => canPost() && (await insert())",
  'workers/listings/listing.rules.ts':
    "import { nowMs } from '#kit/clock'\nexport const canPost = () => nowMs() === 0",
  'workers/listings/listing.store.ts': 'export const insert = async () => {}',
  'web/src/lib/api.ts': "import { Listing } from '#contracts/listings'\nexport const parse = Listing",
}

describe('the boundary checker', () => {
  test('finds nothing in a tree that keeps the directions', () => {
    expect(errors(SOUND)).toEqual([])
  })

  test.each([
    [
      'a store that calls its service',
      'workers/listings/listing.store.ts',
      "import { post } from './listing.service.ts'\nexport const insert = post",
      'store imports service',
    ],
    [
      'a service that calls its transport',
      'workers/listings/listing.service.ts',
      "export { http } from './http.ts'",
      'service imports transport',
    ],
    [
      'a rule that reads the store',
      'workers/listings/listing.rules.ts',
      "import { insert } from './listing.store.ts'\nexport const canPost = insert",
      'rules imports store',
    ],
    [
      'a rule that awaits',
      'workers/listings/listing.rules.ts',
      'export const canPost = async () => true',
      'it awaits',
    ],
    [
      'a rule that reaches outside through a package',
      'workers/listings/listing.rules.ts',
      "import { readFileSync } from 'node:fs'\nexport const canPost = readFileSync",
      'reaches outside',
    ],
    [
      'a worker that imports another',
      'workers/search/http.ts',
      "import { insert } from '../listings/listing.store.ts'\nexport const http = insert",
      'imports another worker',
    ],
    [
      'a worker that imports only a type of another',
      'workers/search/http.ts',
      "import type { Row } from '../listings/schema.ts'\nexport type Mine = Row",
      'imports another worker',
    ],
    [
      'pages that import the kit',
      'web/src/lib/api.ts',
      "import { app } from '#kit/app'\nexport const a = app",
      'web imports only contracts',
    ],
    [
      'pages whose component imports a worker',
      'web/src/routes/+page.svelte',
      '<script lang="ts">\nimport { insert } from \'../../../workers/listings/listing.store.ts\'\n</script>',
      'imports a worker',
    ],
    [
      'contracts that import the kit',
      'contracts/listings.ts',
      "import { app } from '#kit/app'\nexport const Listing = app",
      'contracts import nothing of ours',
    ],
    [
      'contracts that import a package besides zod',
      'contracts/listings.ts',
      "import { Hono } from 'hono'\nexport const Listing = Hono",
      'contracts import zod only',
    ],
    ['a kit that imports a worker', 'kit/app.ts', "import '../workers/listings/http.ts'", 'imports a worker'],
    ['a file named for nothing', 'workers/listings/utils.ts', 'export {}', 'named for no concept'],
  ])('catches %s', (_what, path, text, problem) => {
    const found = errors({ ...SOUND, [path]: text })
    expect(found.join('\n')).toContain(problem)
    expect(found.every((line) => line.startsWith(path))).toBe(true)
  })

  test('warns of a kit file that fewer than three workers use, and counts what is used through another kit file', () => {
    const user = (name: string, text: string) => [`workers/${name}/http.ts`, text] as const
    const files = new Map<string, string>([
      ['kit/app.ts', "import { nowMs } from './clock.ts'\nexport const app = nowMs"],
      ['kit/clock.ts', 'export const nowMs = () => 0'],
      ['kit/lonely.ts', 'export const lonely = 1'],
      user('a', "import '#kit/app'\nimport '#kit/lonely'"),
      user('b', "import '#kit/app'"),
      user('c', "import '#kit/app'"),
    ])
    expect(checkBoundaries(files)).toEqual([
      { path: 'kit/lonely.ts', problem: 'has 1 users; the kit is for three and more', weight: 'warning' },
    ])
  })

  test('knows the layer of a file by its name', () => {
    expect(
      ['http/uploads.ts', 'rpc.ts', 'a.service.ts', 'a.rules.ts', 'a.store.ts', 'schema.ts', 'env.ts'].map(
        (name) => layerOf(`workers/media/${name}`),
      ),
    ).toEqual(['transport', 'transport', 'service', 'rules', 'store', 'store', 'part'])
  })
})
