import { type EventOf, MadangEvent } from '#contracts/events'
import { nowMs } from '#kit/clock'
import type { Effect } from '#kit/consume'
import { eventOf, type InboxQueues, relay } from '#kit/outbox'
import { hasWords, isWithin, listingGrams, type News, newsOf, type Texts, textsOf } from './alert.rules.ts'
import {
  type AlertRow,
  alertRows,
  candidates,
  committed,
  isKnown,
  moveScan,
  putScan,
  type ScanRow,
  scanOf,
  scans,
  tellMatches,
} from './alert.store.ts'
import type { SearchEnv } from './env.ts'
import { wordsOf } from './query.rules.ts'

type ListingEvent = EventOf<'listing.posted' | 'listing.changed'>

/** Alerts looked at in one batch: with ~1 KB a fact, its statements stay far below D1's 2 MB. */
const LOOKED_AT_MAX = 500
/** A queue takes 100 messages and 256 KB at once. */
const TOLD_AT_ONCE = 100
/** Postings under way that one tick goes on with. */
const SCANS_A_TICK = 20

/** What telling needs: the database, and the queue of who hears of it. */
export type Teller = Pick<SearchEnv, 'DB'> & InboxQueues

/**
 * Whom a posting, a return to the shelves or a fall of the price is to be told. The first alerts are told in the batch of the
 * fact itself; when more wait, the batch notes that, and the rest follow after the commit, or by the tick.
 */
export async function matchAlerts(env: Teller, event: ListingEvent): Promise<Effect> {
  const { DB } = env
  if (event.data.status !== 'on_sale') return { statements: [] }
  const said = newsOf(event)
  // A change heard ahead of its posting is the first that is heard of the listing, and the posting will come too late.
  const news = said.kind === 'appeared' || (await isKnown(DB, event.data.id)) ? said : APPEARED
  if (news.kind === 'nothing') return { statements: [] }
  const beforePrice = news.kind === 'cheaper' ? news.beforePrice : null
  const { matches, nextSeq } = await look(DB, event, beforePrice, 0)
  const statements = [
    ...tellMatches(DB, event.data.id, event.id, matches),
    ...(nextSeq === null ? [] : [putScan(DB, event, beforePrice, nextSeq)]),
  ]
  if (statements.length === 0) return { statements }
  const afterCommit = async () => {
    await relayTold(env, matches)
    const scan = nextSeq === null ? null : await scanOf(DB, event.id)
    if (scan !== null) await goOn(env, event, scan)
  }
  return { statements, afterCommit }
}

const APPEARED: News = { kind: 'appeared' }

/** The tick: goes on with what was cut off. Returns how many postings it brought to their end. */
export async function goOnWithScans(env: Teller): Promise<number> {
  const waiting = await scans(env.DB, SCANS_A_TICK)
  for (const scan of waiting) {
    const event = MadangEvent.parse(JSON.parse(scan.event))
    if (event.type !== 'listing.posted' && event.type !== 'listing.changed')
      throw new Error(`a scan of ${event.type}`)
    await goOn(env, event, scan)
  }
  return waiting.length
}

async function goOn(env: Teller, event: ListingEvent, scan: ScanRow): Promise<void> {
  for (let afterSeq: number | null = scan.afterSeq; afterSeq !== null; ) {
    const { matches, nextSeq }: Looked = await look(env.DB, event, scan.beforePrice, afterSeq)
    await env.DB.batch([
      ...tellMatches(env.DB, event.data.id, null, matches),
      moveScan(env.DB, event.id, nextSeq),
    ])
    await relayTold(env, matches)
    afterSeq = nextSeq
  }
}

type Looked = { matches: EventOf<'alert.matched'>[]; nextSeq: number | null }

async function look(
  db: D1Database,
  event: ListingEvent,
  beforePrice: number | null,
  afterSeq: number,
): Promise<Looked> {
  const { data } = event
  const texts = textsOf(data)
  const asked = {
    grams: listingGrams(texts),
    sellerId: data.seller.id,
    category: data.category,
    price: data.price,
    beforePrice,
  }
  const rows = alertRows((await candidates(db, asked, afterSeq, LOOKED_AT_MAX).all()).results)
  const atMs = nowMs()
  return {
    matches: rows.filter((row) => fits(row, event, texts)).map((row) => matchedOf(row, event, atMs)),
    nextSeq: rows.length < LOOKED_AT_MAX ? null : (rows.at(-1)?.seq ?? null),
  }
}

function fits({ q, lat, lng, radiusKm }: AlertRow, { data }: ListingEvent, texts: Texts): boolean {
  const place = lat === null || lng === null || radiusKm === null ? null : { lat, lng, radiusKm }
  return hasWords(texts, wordsOf(q)) && isWithin(place, data.location)
}

const matchedOf = (alert: AlertRow, { data, actorId, requestId }: ListingEvent, atMs: number) =>
  eventOf(
    {
      type: 'alert.matched',
      // Each match is a thing of its own that happens once.
      aggregateId: `${alert.id}/${data.id}`,
      version: 1,
      actorId,
      requestId,
      data: {
        alertId: alert.id,
        memberId: alert.memberId,
        q: alert.q,
        listingId: data.id,
        listingTitle: data.title,
        price: data.price,
        image: data.images[0] ?? null,
      },
    },
    atMs,
  )

/** Only what stands in the outbox is sent: a match that had been told before does not. */
async function relayTold(env: Teller, matches: readonly EventOf<'alert.matched'>[]): Promise<void> {
  for (let start = 0; start < matches.length; start += TOLD_AT_ONCE) {
    const ids = matches.slice(start, start + TOLD_AT_ONCE).map(({ id }) => id)
    const told = await committed(env.DB, ids)
    if (told.length > 0)
      await relay(
        env.DB,
        env,
        told.map((event) => MadangEvent.parse(JSON.parse(event))),
      )
  }
}
