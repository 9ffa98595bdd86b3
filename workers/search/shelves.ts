import type { z } from 'zod'
import { FIELD_AT, StoredCard } from './card.rules.ts'
import type { Tables } from './find.store.ts'
import { BUY_FIELD_AT, StoredBuyCard } from './group-buy-card.rules.ts'
import { pageOfCards } from './hit.rules.ts'

/** What is looked for: cards with what sorts them, and the index of their words and tags. An order's key is read from the card again. */
export type Shelf<Sort extends string, Card> = Tables<Sort> & {
  orders: Record<Sort, { keyOf: (card: Card) => number }>
  page: z.ZodType<[tier: number, seq: number, m2: number | null, card: Card][]>
}

export const LISTINGS = {
  docs: 'docs',
  grams: 'grams',
  orders: {
    price_asc: {
      column: 'price',
      direction: 'ASC',
      index: 'docs_price_asc',
      keyOf: (card) => card[FIELD_AT.price],
    },
    price_desc: {
      column: 'price',
      direction: 'DESC',
      index: 'docs_price_desc',
      keyOf: (card) => card[FIELD_AT.price],
    },
    views: {
      column: 'views',
      direction: 'DESC',
      index: 'docs_views',
      keyOf: (card) => card[FIELD_AT.views],
    },
    wishes: {
      column: 'wishes',
      direction: 'DESC',
      index: 'docs_wishes',
      keyOf: (card) => card[FIELD_AT.wishes],
    },
  },
  page: pageOfCards(StoredCard),
} as const satisfies Shelf<string, StoredCard>

export const GROUP_BUYS = {
  docs: 'buys',
  grams: 'buy_grams',
  orders: {
    ending: {
      column: 'deadline_ms',
      direction: 'ASC',
      index: 'buys_ending',
      keyOf: (card) => card[BUY_FIELD_AT.deadlineMs],
    },
    remaining: {
      column: 'remaining',
      direction: 'ASC',
      index: 'buys_remaining',
      keyOf: (card) => card[BUY_FIELD_AT.totalUnits] - card[BUY_FIELD_AT.filledUnits],
    },
  },
  page: pageOfCards(StoredBuyCard),
} as const satisfies Shelf<string, StoredBuyCard>
