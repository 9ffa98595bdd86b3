import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import type { Result } from '#contracts/errors'
import { nowMs, SECOND_MS } from './clock.ts'
import { ok, refuse } from './result.ts'

/** What one hash costs, in scrypt's own terms. */
export type Cost = { costLog2: number; blockSize: number; parallelism: number }
export type Hash = Cost & { salt: Buffer; hash: Buffer }

export const SALT_BYTES = 16
export const HASH_BYTES = 32
const MEMORY_BYTES_MAX = 64 * 1024 * 1024

/** A new hash as it is stored: `$scrypt$ln=15,r=8,p=3$salt$hash`. */
export function scryptText(secret: string | Buffer, cost: Cost): string {
  const salt = randomBytes(SALT_BYTES)
  const hash = derive(secret, { ...cost, salt, hash: Buffer.alloc(HASH_BYTES) })
  const [storedSalt, stored] = [salt, hash].map((bytes) => bytes.toString('base64url'))
  return `$scrypt$ln=${cost.costLog2},r=${cost.blockSize},p=${cost.parallelism}$${storedSalt}$${stored}`
}

/** What `scryptText` wrote, or null when it did not write this. */
export function parseScrypt(stored: string): Hash | null {
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

/** Whether a secret is the hashed one, in the same time wherever the first difference is. */
export const isScryptOf = (secret: string | Buffer, known: Hash): boolean =>
  timingSafeEqual(derive(secret, known), known.hash)

const derive = (secret: string | Buffer, { costLog2, blockSize, parallelism, salt, hash }: Hash): Buffer =>
  scryptSync(secret, salt, hash.length, {
    ...{ N: 2 ** costLog2, r: blockSize, p: parallelism },
    maxmem: MEMORY_BYTES_MAX,
  })

/** A request that was cancelled while it waited gives its place back after this. */
const PLACE_LEASE_MS = 15 * SECOND_MS
const BUSY_RETRY_SECONDS = 3

/** Work that holds an isolate's only thread for long, one after the other: lets other events in between, and bounds how many wait. */
export class HeavyTurns {
  readonly #waitingMax: number
  readonly #places = new Set<{ untilMs: number }>()

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax
  }

  /** Does the work in its turn; UNAVAILABLE while too many wait. */
  async take<Value>(work: () => Value): Promise<Result<Value>> {
    for (const place of this.#places) if (place.untilMs < nowMs()) this.#places.delete(place)
    if (this.#places.size >= this.#waitingMax)
      return refuse('UNAVAILABLE', { retryAfterSeconds: BUSY_RETRY_SECONDS })
    const place = { untilMs: nowMs() + PLACE_LEASE_MS }
    this.#places.add(place)
    try {
      await new Promise((resolve) => setTimeout(resolve, 0))
      return ok(work())
    } finally {
      this.#places.delete(place)
    }
  }
}
