import { GroupBuyId, MemberId } from '#contracts/ids'
import { townOf } from '../scripts/demo-town/town.ts'
import { GROUP_BUYS } from '../scripts/demo-town/words/group-buys.ts'
import { insertGroupBuy } from '../workers/group-buys/group-buy.store.ts'
import { FRESH, type GroupBuyRow } from '../workers/group-buys/row.ts'
import { wordsOf } from '../workers/group-buys/words.rules.ts'
import { openD1 } from './sqlite-d1.ts'
import { idOf } from './town-data.ts'

const START_MS = Date.UTC(2026, 10, 1)
const DAY_MS = 24 * 60 * 60 * 1000
const HOSTS = 500
const ROWS_PER_COMMIT = 2_000

/** Where the town's members ask from. */
export const askedFrom = (): string[] => [
  ...new Set(townOf(1).members.map(({ place: { lat, lng } }) => `${lat.toFixed(3)},${lng.toFixed(3)}`)),
]

/** Fills the database of group buys with `count` that are open, in the very places of the town, by the worker's own statements. */
export function fillGroupBuys(file: string, count: number): void {
  const groupBuys = openD1(file, 'GROUP_BUYS')
  groupBuys.exec('BEGIN')
  for (let host = 0; host < HOSTS; host++)
    groupBuys.write([
      groupBuys.db
        .prepare('INSERT INTO faces (member_id, nickname, version) VALUES (?, ?, 1)')
        .bind(hostOf(host), `이웃${host}`),
    ])
  const places = townOf(1).listings
  for (let index = 0; index < count; index++) {
    const model = places[(index * 7) % places.length]
    const words = GROUP_BUYS[index % GROUP_BUYS.length]
    if (!model || !words) throw new Error('the town has nothing to buy together')
    const row = rowOf(index, words, model)
    // The guard between the row and its words is for a batch.
    const [insert, , indexWords] = insertGroupBuy(groupBuys.db, row, wordsOf(row))
    if (!insert || !indexWords) throw new Error('a group buy is written otherwise than it was')
    groupBuys.write([insert, indexWords])
    if (index % ROWS_PER_COMMIT === 0) groupBuys.exec('COMMIT; BEGIN')
  }
  groupBuys.exec('COMMIT')
  groupBuys.exec('PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)')
  groupBuys.close()
}

const hostOf = (index: number): MemberId => MemberId.parse(idOf('mem', (index % HOSTS) + 1))

/** One of the town's, made another: its own moment, a place a little aside, as many units left as chance would have it. */
function rowOf(
  index: number,
  words: (typeof GROUP_BUYS)[number],
  { lat, lng }: { lat: number; lng: number },
): GroupBuyRow {
  const createdAtMs = START_MS + index * 8_000
  const totalUnits = 10 + ((index * 13) % 40)
  return {
    ...FRESH,
    ...{ seq: createdAtMs, id: GroupBuyId.parse(idOf('gb', index + 1)), hostId: hostOf(index) },
    ...{ nickname: '', photoId: null, title: words.title, description: words.description },
    ...{ category: words.category, unit: words.unit, unitPrice: words.unitPrice, region: '서울 마포구' },
    ...{ totalUnits, minUnits: 2, hostUnits: (index * 29) % (totalUnits - 1), filledUnits: 0 },
    deadlineMs: createdAtMs + 20 * DAY_MS + ((index * 7_919) % (30 * DAY_MS)),
    latMilli: Math.round(lat * 1_000 + ((index % 97) - 48) / 2),
    lngMilli: Math.round(lng * 1_000 + ((index % 89) - 44) / 2),
    ...{ shopUnitPrice: words.shopUnitPrice, productUrl: null },
    ...{ createdAtMs, updatedAtMs: createdAtMs, remindedHours: null, dueAtMs: null, images: '[]' },
    ...{
      pickup: JSON.stringify({ place: words.place, slots: [] }),
      keywords: JSON.stringify(words.keywords),
    },
  }
}
