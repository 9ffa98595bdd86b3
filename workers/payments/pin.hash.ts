import { createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import { nowMs, SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'

const COST_LOG2 = 15
const BLOCK_SIZE = 8
const PARALLELISM = 1
const SALT_BYTES = 16
const HASH_BYTES = 32
const MEMORY_BYTES_MAX = 64 * 1024 * 1024

/** One hash takes about 0.1 s of the isolate's only thread: who would wait longer than ~6 s is told to come back. */
const WAITING_MAX = 60
/** A request that was cancelled while it waited gives its place back after this. */
const PLACE_LEASE_MS = 15 * SECOND_MS
const BUSY_RETRY_SECONDS = 3
const places = new Set<{ untilMs: number }>()

/**
 * A PIN as it is stored: `$scrypt$ln=15,r=8,p=1$salt$hash` of its keyed hash. A million numbers are soon tried whatever a hash costs:
 * it is the secret, which lies in no database, that keeps a stolen table from being read.
 */
export const hashPin = async (secret: string, memberId: MemberId, pin: string): Promise<Result<string>> =>
  await inTurn(() => {
    const salt = randomBytes(SALT_BYTES)
    const hash = derive(peppered(secret, memberId, pin), salt)
    return `$scrypt$ln=${COST_LOG2},r=${BLOCK_SIZE},p=${PARALLELISM}$${salt.toString('base64url')}$${hash.toString('base64url')}`
  })

/** Whether this is the member's PIN, in the same time wherever the first difference is. */
export const verifyPin = async (
  secret: string,
  memberId: MemberId,
  pin: string,
  stored: string,
): Promise<Result<boolean>> =>
  await inTurn(() => {
    const [, , , salt = '', hash = ''] = stored.split('$')
    const known = Buffer.from(hash, 'base64url')
    const derived = derive(peppered(secret, memberId, pin), Buffer.from(salt, 'base64url'))
    return known.length === derived.length && timingSafeEqual(known, derived)
  })

const peppered = (secret: string, memberId: MemberId, pin: string): Buffer =>
  createHmac('sha256', secret).update(`pin\n${memberId}\n${pin}`).digest()

const derive = (secretPin: Buffer, salt: Buffer): Buffer =>
  scryptSync(secretPin, salt, HASH_BYTES, {
    N: 2 ** COST_LOG2,
    r: BLOCK_SIZE,
    p: PARALLELISM,
    maxmem: MEMORY_BYTES_MAX,
  })

/** Lets other events in between two hashes, and bounds how many wait for theirs. */
async function inTurn<Value>(work: () => Value): Promise<Result<Value>> {
  for (const place of places) if (place.untilMs < nowMs()) places.delete(place)
  if (places.size >= WAITING_MAX) return refuse('UNAVAILABLE', { retryAfterSeconds: BUSY_RETRY_SECONDS })
  const place = { untilMs: nowMs() + PLACE_LEASE_MS }
  places.add(place)
  try {
    await new Promise((resolve) => setTimeout(resolve, 0))
    return ok(work())
  } finally {
    places.delete(place)
  }
}
