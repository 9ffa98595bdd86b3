import type { Result } from '#contracts/errors'
import type { HoldId } from '#contracts/ids'
import { nowMs, SECOND_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { refuse } from '#kit/result'
import type { ClaimsPlan, ClaimsPorts, MoneyLine } from './claims.api.ts'

/** Of so many members at most the money goes in one trip to the books. */
const LINES_A_TRIP = 50
/**
 * In a crowd the answers of one trip bring the next who ask, within some milliseconds: the first of them waits so long for the others, since a trip
 * for one alone costs as much as for all. Who comes alone waits for nothing.
 */
const GATHER_MS = 12
const CROWDED_FOR_MS = SECOND_MS
const NO_ANSWER = refuse('UNAVAILABLE', { retryAfterSeconds: 2 })

type Asked = { line: MoneyLine; answer: (held: Result<null>) => void }

/**
 * The money of those who join together: while one trip to the books is under way, who comes waits for the next, which takes all of them
 * along. Nothing is remembered: a trip that dies with the object leaves reservations, which lapse and have their money given back.
 */
export class Paying<Env> {
  readonly #env: Env
  readonly #ports: ClaimsPorts<Env>
  readonly #answers = new Map<HoldId, Promise<Result<null>>>()
  readonly #waiting: Asked[] = []
  #isUnderWay = false
  #crowdedUntilMs = 0

  constructor(env: Env, ports: ClaimsPorts<Env>) {
    this.#env = env
    this.#ports = ports
  }

  /** Never throws: UNAVAILABLE when nobody knows whether it is held. The same hold asked for meanwhile is asked for once. */
  hold(plan: ClaimsPlan, line: MoneyLine): Promise<Result<null>> {
    const known = this.#answers.get(line.holdId)
    if (known) return known
    const { promise, resolve: answer } = Promise.withResolvers<Result<null>>()
    this.#answers.set(line.holdId, promise)
    this.#waiting.push({ line, answer })
    void this.#go(plan)
    return promise
  }

  async #go(plan: ClaimsPlan): Promise<void> {
    if (this.#isUnderWay) return
    this.#isUnderWay = true
    while (this.#waiting.length > 0) {
      if (nowMs() < this.#crowdedUntilMs) await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
      const together = this.#waiting.splice(0, LINES_A_TRIP)
      if (together.length > 1) this.#crowdedUntilMs = nowMs() + CROWDED_FOR_MS
      await this.#trip(plan, together)
    }
    this.#isUnderWay = false
  }

  /** What is refused to all, since one of them has too little, is asked for each alone. */
  async #trip(plan: ClaimsPlan, together: Asked[]): Promise<void> {
    const held = await this.#ask(
      plan,
      together.map(({ line }) => line),
    )
    const isForEach = held.ok || held === NO_ANSWER || together.length === 1
    await Promise.all(
      together.map(async ({ line, answer }) => {
        answer(isForEach ? held : await this.#ask(plan, [line]))
        this.#answers.delete(line.holdId)
      }),
    )
  }

  async #ask(plan: ClaimsPlan, lines: MoneyLine[]): Promise<Result<null>> {
    try {
      return await this.#ports.hold(this.#env, { plan, lines, instead: null })
    } catch (error) {
      log('warn', 'the money of who joins a group buy is not known to be held', describeError(error))
      return NO_ANSWER
    }
  }
}
