import { drive, type Load, type Result } from './drive.ts'
import type { Cases } from './record.ts'

const ROUNDS = 3
const ROUND_SECONDS = 2
const WARM_SECONDS = 1

/** A case beside its floor, both in requests a second (the median of the rounds). */
export type Row = {
  size: number
  name: string
  perSecond: number
  p50Ms: number
  p99Ms: number
  failed: number
  floor: 'a' | 'b' | null
  floorPerSecond: number
}

type Case = { name: string; load: Load; floor: { kind: 'a' | 'b'; load: Load } }

/** Measures each case and its floor in turn (A B A B …): on a noisy machine both then meet the same noise. */
export async function measure(options: {
  size: number
  platform: string
  /** Where each kind of floor listens. */
  floorOrigins: Record<'a' | 'b', string>
  cases: Cases
  tokens: string[]
  dir: string
}): Promise<Row[]> {
  const rows: Row[] = []
  for (const { name, load, floor } of casesOf(options.cases, options.tokens)) {
    const run = (origin: string, one: Load, seconds: number) => drive(origin, one, seconds, options.dir)
    await run(options.platform, load, WARM_SECONDS)
    await run(options.floorOrigins[floor.kind], floor.load, WARM_SECONDS)
    const own: Result[] = []
    const floors: Result[] = []
    for (let round = 0; round < ROUNDS; round++) {
      floors.push(await run(options.floorOrigins[floor.kind], floor.load, ROUND_SECONDS))
      own.push(await run(options.platform, load, ROUND_SECONDS))
    }
    const failed = [...own, ...floors].reduce((sum, result) => sum + result.failed, 0)
    rows.push({
      size: options.size,
      name,
      perSecond: median(own.map(perSecond)),
      p50Ms: median(own.map(({ p50Ms }) => p50Ms)),
      p99Ms: median(own.map(({ p99Ms }) => p99Ms)),
      failed,
      floor: floor.kind,
      floorPerSecond: median(floors.map(perSecond)),
    })
  }
  return rows
}

const perSecond = ({ requests, seconds }: Result): number => Math.round(requests / seconds)

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function casesOf({ list, detail, search, create }: Cases, tokens: string[]): Case[] {
  const constant = { kind: 'a' as const, load: { paths: ['/constant'] } }
  const sql = (name: string, variants: number, extra: Partial<Load> = {}) => ({
    kind: 'b' as const,
    // The edge hands what is under /api/v1/listings to whoever holds that binding: here the SQL worker.
    load: {
      paths: Array.from({ length: variants }, (_, index) => `/api/v1/listings/sql/${name}?i=${index}`),
      noCache: true,
      ...extra,
    },
  })
  return [
    { name: 'list, repeated', load: { paths: list }, floor: constant },
    { name: 'detail, repeated', load: { paths: detail.slice(0, 1) }, floor: constant },
    { name: 'list, past every cache', load: { paths: list, noCache: true }, floor: sql('list', list.length) },
    {
      name: 'detail, past every cache',
      load: { paths: detail, noCache: true },
      floor: sql('detail', detail.length),
    },
    { name: 'search, words in turn', load: { paths: search }, floor: constant },
    {
      name: 'search, past every cache',
      load: { paths: search, noCache: true },
      floor: sql('search', search.length),
    },
    {
      name: 'create',
      load: { paths: [create.path], post: { body: create.body, tokens } },
      floor: sql('create', create.posters.length, {
        post: { body: create.body, tokens: tokens.slice(0, 1) },
      }),
    },
  ]
}
