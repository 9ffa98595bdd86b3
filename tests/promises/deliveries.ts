import type { MadangEvent } from '#contracts/events'

/** Numbers in [0, 1) that a seed decides (mulberry32), so that a failing run can be run again. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const mixed = [...items]
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const [a, b] = [mixed[last], mixed[other]]
    if (a !== undefined && b !== undefined) [mixed[last], mixed[other]] = [b, a]
  }
  return mixed
}

export type Delivery = { id: string; body: MadangEvent }
/** Takes one batch; answers the ids of the messages that want to come again. */
export type Consumer = (batch: Delivery[]) => Promise<string[]>

const LANES = 4
const ROUNDS_MAX = 200

/**
 * Delivers as a queue may: each event one to five times, in any order, in batches of 1 to 100, four at a time, and what fails
 * again and again until nothing does. Answers how many deliveries failed, so that a test can tell its faults were real.
 */
export async function deliverRoughly(
  events: readonly MadangEvent[],
  consumer: Consumer,
  random: () => number,
): Promise<{ failed: number }> {
  let copies = 0
  const deliveries = events.flatMap((body) =>
    Array.from({ length: 1 + Math.floor(random() * 5) }, (): Delivery => ({ id: `m${copies++}`, body })),
  )
  let waiting = shuffled(deliveries, random)
  let failed = 0
  for (let round = 0; waiting.length > 0; round++) {
    if (round > ROUNDS_MAX) throw new Error(`${waiting.length} deliveries never succeed`)
    const batches = inBatches(waiting, random)
    const again = new Set<string>()
    const lane = async () => {
      for (let batch = batches.pop(); batch; batch = batches.pop())
        for (const id of await consumer(batch)) again.add(id)
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    failed += again.size
    waiting = shuffled(
      waiting.filter(({ id }) => again.has(id)),
      random,
    )
  }
  return { failed }
}

function inBatches(deliveries: Delivery[], random: () => number): Delivery[][] {
  const batches: Delivery[][] = []
  for (let start = 0; start < deliveries.length; ) {
    const size = 1 + Math.floor(random() * 100)
    batches.push(deliveries.slice(start, start + size))
    start += size
  }
  return batches
}
