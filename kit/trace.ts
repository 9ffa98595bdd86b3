const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/
const NO_TRACE = '0'.repeat(32)

/** The id of the trace a request belongs to, for a worker behind the edge. */
export const requestIdOf = (headers: Headers): string =>
  TRACEPARENT.exec(headers.get('traceparent') ?? '')?.[1] ?? randomHex(16)

/** The trace a request belongs to (W3C Trace Context): the caller's when it is well-formed, else a new one. */
export function traceOf(headers: Headers): { requestId: string; traceparent: string } {
  const given = TRACEPARENT.exec(headers.get('traceparent') ?? '')?.[1]
  const requestId = given && given !== NO_TRACE ? given : randomHex(16)
  return { requestId, traceparent: `00-${requestId}-${randomHex(8)}-01` }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Random bytes drawn ahead, many at once: a call for each id would cost more than the id. */
const POOL_BYTES = 6_144
const pool = new Uint8Array(POOL_BYTES)
let poolNext = POOL_BYTES

function randomHex(bytes: number): string {
  if (poolNext + bytes > POOL_BYTES) {
    crypto.getRandomValues(pool)
    poolNext = 0
  }
  let hex = ''
  for (const end = poolNext + bytes; poolNext < end; poolNext++) hex += HEX[pool[poolNext] ?? 0]
  return hex
}
