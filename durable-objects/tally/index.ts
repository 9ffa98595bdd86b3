import { createDurable, proxyDurable } from 'itty-durable'
import { z } from 'zod'
import { nowMs, SECOND_MS, townDay } from '#kit/clock'
import { describeError, log } from '#kit/log'
import {
  type Batch,
  countLooks,
  emptyTally,
  endBatch,
  isQuiet,
  type Look,
  startBatch,
  tallyOf,
} from './tally.rules.ts'

/** How long looks gather before they go to the database together. */
const FLUSH_AFTER_MS = 2 * SECOND_MS

/** What the tally's owner does with a batch. It may come twice under the same number, and must count once. */
export type Flush<Env> = (env: Env, tally: string, batch: Batch) => Promise<void>

/**
 * Counts each visitor of each subject once a day and brings the sums to the database by alarm. Carried by itty-durable, so its
 * whole state is one JSON value (bounded in tally.rules.ts), it loads state only in `fetch` (hence the first line of `alarm`),
 * arguments travel in a header (ASCII only), and it has no native RPC. Losing it costs a few views: nothing here is money.
 */
export function tallyClass<Env>(readRaw: (raw: object) => Env, flush: Flush<Env>) {
  return class Tally extends createDurable() {
    tally = emptyTally()
    readonly #storage: DurableObjectStorage
    readonly #name: string
    readonly #raw: object

    constructor(state: DurableObjectState, env: object) {
      super(state, env)
      this.#storage = state.storage
      this.#name = state.id.toString()
      this.#raw = env
    }

    /** Notes looks; ones already counted today change nothing and write nothing. */
    async look(looks: Look[]): Promise<{ noted: boolean }> {
      const after = countLooks(this.tally, townDay(nowMs()), looks)
      if (after === this.tally) return { noted: false }
      this.tally = after
      await this.persist()
      await this.#wake()
      return { noted: true }
    }

    /** Sends what is pending. A batch that failed or died half way keeps its number and goes again. */
    async alarm(): Promise<void> {
      await this.loadFromStorage()
      this.tally = startBatch(this.tally)
      const batch = this.tally.sending
      if (!batch) return
      await this.persist()
      await this.#send(batch)
      this.tally = endBatch(this.tally, batch.sequence)
      await this.persist()
      if (!isQuiet(this.tally)) await this.#wake()
    }

    /** Thrown on after it is written down: the platform runs a failed alarm again, later and later. */
    async #send(batch: Batch): Promise<void> {
      try {
        await flush(readRaw(this.#raw), this.#name, batch)
      } catch (error) {
        log('warn', 'looks not flushed yet', { sequence: batch.sequence, ...describeError(error) })
        throw error
      }
    }

    /** The one alarm: the first look sets it, those that follow ride along. */
    async #wake(): Promise<void> {
      if ((await this.#storage.getAlarm()) === null) await this.#storage.setAlarm(nowMs() + FLUSH_AFTER_MS)
    }
  }
}

const LOOKS_A_CALL = 50
const Noted = z.object({ noted: z.boolean() })

/** Tells looks to their tallies, as many calls as there are tallies concerned; looks travel in a header, so few at a time. */
export async function tellLooks(tallies: DurableObjectNamespace, looks: readonly Look[]): Promise<void> {
  const byTally = new Map<string, Look[]>()
  for (const look of looks) {
    const name = tallyOf(look[0])
    byTally.set(name, [...(byTally.get(name) ?? []), look])
  }
  await Promise.all(Array.from(byTally, ([name, own]) => tellOne(tallies, name, own)))
}

async function tellOne(tallies: DurableObjectNamespace, name: string, looks: Look[]): Promise<void> {
  const stub = proxyDurable(tallies, { name: 'TALLY', parse: true }).get(name)
  for (let start = 0; start < looks.length; start += LOOKS_A_CALL)
    Noted.parse(await stub.look(looks.slice(start, start + LOOKS_A_CALL)))
}
