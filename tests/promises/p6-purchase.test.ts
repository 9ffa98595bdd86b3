import { beforeAll, describe, expect, it, vi } from 'vitest'
import { DAY_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { auditPurchases } from '../../workers/trades/audit.service.ts'
import { buy } from '../../workers/trades/purchase.service.ts'
import { randomOf } from './deliveries.ts'
import { type Client, PRICE, PURSE, play, STORIES, type Story, setScene } from './p6-stories.ts'
import { asks, type Fault, startSagaTown } from './p6-town.ts'
import { faultsIn } from './p6-whole.ts'

/**
 * P6: a purchase is all or nothing. Every call of a neighbour and every write of a purchase's life is a place where the power can go,
 * before it or after it, or where only the answer is lost. Wherever that is, a few minutes of ticks later the purchase has ended, and the
 * thing, the coupon and everyone's money agree on how.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const SEEDS = NIGHTLY ? 50 : 4
const RUNS_A_SEED = NIGHTLY ? 40 : 8
const FIRST_SEED = 20_261_121
/** About as many places as a life has. */
const PLACES = 30
const BUYERS = NIGHTLY ? 200 : 20
const ROUNDS = NIGHTLY ? 50 : 3

/** What is cut off says so in the log, thousands of times. */
beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(console, 'log').mockImplementation(() => {})
})

/** Plays a story once, with those faults, and looks at how it ended. */
async function ending(
  story: Story,
  faults: Fault[],
  client: Client,
  variant: Parameters<typeof startSagaTown>[0] = {},
): Promise<{ passed: number; wrong: string[] }> {
  const town = startSagaTown(variant)
  try {
    const scene = setScene(story, town)
    const passed = await play(story, scene, faults, client)
    const wrong = await faultsIn(scene, story)
    // P16: however it was cut off, the audit of what came of it raises no alarm.
    const alarms = await auditPurchases(town.env, Date.now() + 9 * DAY_MS)
    return { passed, wrong: [...wrong, ...alarms.map(({ explanation }) => explanation)] }
  } finally {
    town.close()
  }
}

const describeFault = ({ at, when, what }: Fault) => `${what} ${when} place ${at}`
const CLIENTS: readonly Client[] = ['insists', 'leaves']

/** Every fault there can be at one place. */
const faultsAt = (at: number): Fault[] =>
  (['before', 'after'] as const).flatMap((when) =>
    (['power cut', 'lost answer'] as const).map((what) => ({ at, when, what })),
  )

describe('a purchase', () => {
  it.each(STORIES)('$name: ends whole, wherever the power is cut or an answer lost', async (story) => {
    const { passed, wrong } = await ending(story, [], 'insists')
    expect(wrong).toEqual([])
    expect(passed).toBeGreaterThan(5)
    const wrongs: string[] = []
    for (let at = 1; at <= passed; at++) {
      for (const fault of NIGHTLY ? faultsAt(at) : faultsAt(at).filter(({ what }) => what === 'power cut')) {
        for (const client of NIGHTLY ? CLIENTS : CLIENTS.slice(at % 2, (at % 2) + 1)) {
          const end = await ending(story, [fault], client)
          wrongs.push(...end.wrong.map((each) => `${describeFault(fault)}, the client ${client}: ${each}`))
        }
      }
    }
    expect(wrongs).toEqual([])
  })

  it(`ends whole with several faults in one life, over ${SEEDS} seeds`, async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      const random = randomOf(seed)
      const among = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]
      for (let run = 0; run < RUNS_A_SEED; run++) {
        const story = among(STORIES)
        const client = among(CLIENTS)
        if (!story || !client) throw new Error('nothing to choose from')
        const faults = [1, 2, 3].flatMap(() => among(faultsAt(1 + Math.floor(random() * PLACES))) ?? [])
        const { wrong } = await ending(story, faults, client)
        expect([seed, run, story.name, client, faults.map(describeFault), wrong]).toEqual([
          ...[seed, run, story.name, client, faults.map(describeFault)],
          [],
        ])
      }
    }
  })

  it('whose compensation were missing would be caught', async () => {
    const [, , cancelled] = STORIES
    if (!cancelled) throw new Error('no such story')
    const { wrong } = await ending(cancelled, [], 'insists', { undoneByNobody: true })
    expect(wrong.join()).toContain('thing is reserved')
  })

  it('whose settlement were made anew by a retry would be caught', async () => {
    const [confirmed] = STORIES
    if (!confirmed) throw new Error('no such story')
    const { passed } = await ending(confirmed, [], 'insists')
    const wrongs = []
    for (let at = 1; at <= passed; at++) {
      const fault: Fault = { at, when: 'after', what: 'lost answer' }
      wrongs.push(...(await ending(confirmed, [fault], 'insists', { forgetfulLedger: true })).wrong)
    }
    expect(wrongs.join()).toContain('seller is')
  })
})

describe('a thing that many want at once', () => {
  it(`is sold to one of ${BUYERS}, ${ROUNDS} times over, and the others keep all they have`, async () => {
    const town = startSagaTown()
    town.plan([])
    for (let round = 0; round < ROUNDS; round++) {
      const listingId = newId('lst', round)
      town.shelves.putUp({ id: listingId, sellerId: newId('mem', round), price: PRICE })
      const buyers = Array.from({ length: BUYERS }, () => newId('mem', round))
      for (const buyer of buyers) town.books.give(buyer, PURSE)
      const request = { listingId, expectedPrice: PRICE }
      const answers = await Promise.all(
        buyers.map(async (buyer) => await buy(town.env, asks(buyer), request, undefined)),
      )
      const refusals = answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal.code]))
      expect(refusals).toHaveLength(BUYERS - 1)
      expect(new Set(refusals)).toEqual(new Set(['LISTING_RESERVED']))
      const won = buyers.filter((buyer) => town.books.heldOf(buyer) > 0)
      expect(won).toHaveLength(1)
      const spendable = buyers.map((buyer) => town.books.balanceOf(buyer) - town.books.heldOf(buyer))
      expect(spendable.filter((left) => left === PURSE)).toHaveLength(BUYERS - 1)
    }
    town.close()
  })
})
