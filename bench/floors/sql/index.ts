import type { Operation, Recording, Value } from '../../recording.ts'

type Env = Record<Operation['db'], D1Database>

/** What each case of the benchmark asks of D1, sent here once before measuring; one isolate runs all requests. */
let recordings: Record<string, Recording[]> = {}

/**
 * Floor (b): the statements the platform runs for a request, and nothing else: no routing, no checks, no shaping.
 * `…/sql/<case>?i=<variant>`. What the platform does after its reply is done after the reply here too.
 */
export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const url = new URL(request.url)
    if (request.method === 'PUT') {
      recordings = await request.json()
      return new Response(null, { status: 204 })
    }
    await request.body?.cancel()
    const variants = recordings[url.pathname.slice(url.pathname.lastIndexOf('/') + 1)] ?? []
    const recording = variants[Number(url.searchParams.get('i')) % variants.length]
    if (!recording) return new Response('no such case', { status: 404 })
    const renew = renewer(recording.fresh)
    const rows = await run(env, recording.before, renew)
    if (recording.after.length > 0) ctx.waitUntil(run(env, recording.after, renew))
    return Response.json(rows)
  },
}

async function run(env: Env, operations: Recording['before'], renew: Renewer): Promise<unknown[]> {
  const rows: unknown[] = []
  for (const { db, statements } of operations) {
    const prepared = statements.map(({ sql, params }) => env[db].prepare(sql).bind(...params.map(renew)))
    const [only] = prepared
    if (prepared.length === 1 && only) rows.push((await only.all()).results)
    else rows.push((await env[db].batch(prepared)).map(({ results }) => results))
  }
  return rows
}

type Renewer = (value: Value) => Value

/** Moments, and numbers made of moments, are of this size and larger; two postings never share one for long. */
const MOMENT_MIN = 1e11

/** A write stands only once: each request gets ids and moments of its own in the places of the recorded ones. */
function renewer(fresh: readonly string[]): Renewer {
  if (fresh.length === 0) return (value) => value
  const pairs = fresh.map((id): [string, string] => [
    id,
    id.slice(0, -12) + crypto.randomUUID().replaceAll('-', '').slice(0, 12),
  ])
  return (value) => {
    if (typeof value === 'string') return pairs.reduce((text, [from, to]) => text.replaceAll(from, to), value)
    if (value === null || value < MOMENT_MIN) return value
    return value + Math.floor(Math.random() * 1e7)
  }
}
