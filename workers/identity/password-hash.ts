import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import type { Result } from '#contracts/errors'
import { nowMs, SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'

/** What one hash costs, in scrypt's own terms. */
export type Cost = { costLog2: number; blockSize: number; parallelism: number }
const COST: Cost = { costLog2: 15, blockSize: 8, parallelism: 3 }
const SALT_BYTES = 16
const HASH_BYTES = 32
const MEMORY_BYTES_MAX = 64 * 1024 * 1024

/** One hash takes about 0.25 s of the isolate's only thread: who would wait longer than ~6 s is told to come back. */
const WAITING_MAX = 24
/** A request that was cancelled while it waited gives its place back after this. */
const PLACE_LEASE_MS = 15 * SECOND_MS
const BUSY_RETRY_SECONDS = 3

type Hash = Cost & { salt: Buffer; hash: Buffer }

/** How many hashes this isolate worked out; tests compare the work of answers that must look alike. */
export const hashWork = { passwordHashes: 0 }
const places = new Set<{ untilMs: number }>()

/**
 * A password as it is stored: `$scrypt$ln=15,r=8,p=3$salt$hash`. Refused while too many others wait. Another cost than ours is for members
 * that development makes.
 */
export async function hashPassword(password: string, cost = COST): Promise<Result<string>> {
  const salt = randomBytes(SALT_BYTES)
  return await inTurn(() => {
    const hash = derive(password, { ...cost, salt, hash: Buffer.alloc(HASH_BYTES) })
    const [stored, storedSalt] = [hash, salt].map((bytes) => bytes.toString('base64url'))
    return `$scrypt$ln=${cost.costLog2},r=${cost.blockSize},p=${cost.parallelism}$${storedSalt}$${stored}`
  })
}

/**
 * Whether a password is the stored one. Without a stored one (no such account) the same work is done in vain, so that the
 * time of an answer says nothing.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<Result<boolean>> {
  const known = parseHash(stored ?? '') ?? DECOY
  return await inTurn(() => {
    const same = timingSafeEqual(derive(password.normalize('NFC'), known), known.hash)
    return same && known !== DECOY
  })
}

const DECOY: Hash = {
  ...COST,
  salt: Buffer.alloc(SALT_BYTES, 1),
  hash: Buffer.alloc(HASH_BYTES, 2),
}

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

function derive(password: string, { costLog2, blockSize, parallelism, salt, hash }: Hash): Buffer {
  hashWork.passwordHashes += 1
  const options = { N: 2 ** costLog2, r: blockSize, p: parallelism, maxmem: MEMORY_BYTES_MAX }
  return scryptSync(password, salt, hash.length, options)
}

function parseHash(stored: string): Hash | null {
  const found = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored)
  const [, costLog2, blockSize, parallelism, salt, hash] = found ?? []
  if (salt === undefined || hash === undefined) return null
  return {
    costLog2: Number(costLog2),
    blockSize: Number(blockSize),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  }
}
