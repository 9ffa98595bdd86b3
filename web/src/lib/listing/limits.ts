import type * as Listings from '#contracts/listings'
import type * as Media from '#contracts/media'

// The contract's limits, held to it by type: importing the values would ship the schemas to the browser.

export const TITLE_LENGTH_MAX: typeof Listings.TITLE_LENGTH_MAX = 60
export const DESCRIPTION_LENGTH_MAX: typeof Listings.DESCRIPTION_LENGTH_MAX = 4000
export const COMMENT_LENGTH_MAX: typeof Listings.COMMENT_LENGTH_MAX = 500
export const PRICE_MAX: typeof Listings.PRICE_MAX = 999_999_999
export const IMAGES_PER_LISTING_MAX: typeof Media.IMAGES_PER_LISTING_MAX = 12
