import { createHmac } from 'node:crypto'
import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import { type Cost, HeavyTurns, isScryptOf, parseScrypt, scryptText } from '#kit/scrypt'

const COST: Cost = { costLog2: 15, blockSize: 8, parallelism: 1 }

/** One hash takes about 0.1 s of the isolate's only thread: who would wait longer than ~6 s is told to come back. */
const turns = new HeavyTurns(60)

/**
 * A PIN as it is stored: the hash of its keyed hash. A million numbers are soon tried whatever a hash costs: it is the secret, which
 * lies in no database, that keeps a stolen table from being read.
 */
export const hashPin = (secret: string, memberId: MemberId, pin: string): Promise<Result<string>> =>
  turns.take(() => scryptText(peppered(secret, memberId, pin), COST))

/** Whether this is the member's PIN, in the same time wherever the first difference is. */
export const verifyPin = (
  secret: string,
  memberId: MemberId,
  pin: string,
  stored: string,
): Promise<Result<boolean>> =>
  turns.take(() => {
    const known = parseScrypt(stored)
    return known !== null && isScryptOf(peppered(secret, memberId, pin), known)
  })

const peppered = (secret: string, memberId: MemberId, pin: string): Buffer =>
  createHmac('sha256', secret).update(`pin\n${memberId}\n${pin}`).digest()
