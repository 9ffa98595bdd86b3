import type { Category, ListingSort, ListingStatus } from '#contracts/listings'
import { m } from '$lib/paraglide/messages.js'

/** Every category by name, in the order they are offered; the type keeps it whole when the contract grows. */
export const CATEGORY_NAMES: Record<Category, () => string> = {
  digital: m.category_digital,
  appliances: m.category_appliances,
  furniture: m.category_furniture,
  living: m.category_living,
  kids: m.category_kids,
  fashion_women: m.category_fashion_women,
  fashion_men: m.category_fashion_men,
  beauty: m.category_beauty,
  sports: m.category_sports,
  hobby: m.category_hobby,
  books: m.category_books,
  tickets: m.category_tickets,
  food: m.category_food,
  pet: m.category_pet,
  plants: m.category_plants,
  car: m.category_car,
  handmade: m.category_handmade,
  other: m.category_other,
}

export const isCategory = (value: string): value is Category => Object.hasOwn(CATEGORY_NAMES, value)
export const CATEGORIES: Category[] = Object.keys(CATEGORY_NAMES).filter(isCategory)

export const STATUS_NAMES: Record<ListingStatus, () => string> = {
  on_sale: m.status_on_sale,
  reserved: m.status_reserved,
  sold: m.status_sold,
  hidden: m.status_hidden,
}

export const SORT_NAMES: Record<ListingSort | 'relevance', () => string> = {
  relevance: m.sort_relevance,
  newest: m.sort_newest,
  distance: m.sort_distance,
  price_asc: m.sort_price_asc,
  price_desc: m.sort_price_desc,
  wishes: m.sort_wishes,
  views: m.sort_views,
}
