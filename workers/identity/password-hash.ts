import type { Result } from '#contracts/errors'
import {
  type Cost,
  HASH_BYTES,
  type Hash,
  HeavyTurns,
  isScryptOf,
  parseScrypt,
  SALT_BYTES,
  scryptText,
} from '#kit/scrypt'

const COST: Cost = { costLog2: 15, blockSize: 8, parallelism: 3 }

/** One hash takes about 0.25 s of the isolate's only thread: who would wait longer than ~6 s is told to come back. */
const turns = new HeavyTurns(24)

/** How many hashes this isolate worked out; tests compare the work of answers that must look alike. */
export const hashWork = { passwordHashes: 0 }

/** A password as it is stored. Refused while too many others wait. */
export const hashPassword = (password: string): Promise<Result<string>> =>
  turns.take(() => {
    hashWork.passwordHashes += 1
    return scryptText(password, COST)
  })

/**
 * Whether a password is the stored one. Without a stored one (no such account) the same work is done in vain, so that the
 * time of an answer says nothing.
 */
export const verifyPassword = (password: string, stored: string | null): Promise<Result<boolean>> =>
  turns.take(() => {
    hashWork.passwordHashes += 1
    const known = parseScrypt(stored ?? '') ?? DECOY
    return isScryptOf(password.normalize('NFC'), known) && known !== DECOY
  })

const DECOY: Hash = {
  ...COST,
  salt: Buffer.alloc(SALT_BYTES, 1),
  hash: Buffer.alloc(HASH_BYTES, 2),
}
