import type { Listing, ListingStatus } from '#contracts/listings'

const AVAILABILITY: Record<ListingStatus, string> = {
  on_sale: 'https://schema.org/InStock',
  reserved: 'https://schema.org/LimitedAvailability',
  sold: 'https://schema.org/SoldOut',
  hidden: 'https://schema.org/Discontinued',
}

/**
 * The thing as schema.org describes it, as a data block for search engines. `<` is escaped so that no title can end
 * the block; a data block is never run, so the page's script policy does not apply to it.
 */
export function productData(listing: Listing, origin: string): string {
  const data = {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: listing.title,
    description: listing.description,
    image: listing.images.map((image) => origin + image.urls.full),
    url: `${origin}/listings/${listing.id}`,
    offers: {
      '@type': 'Offer',
      price: listing.price,
      priceCurrency: listing.currency,
      availability: AVAILABILITY[listing.status],
      itemCondition: 'https://schema.org/UsedCondition',
      seller: { '@type': 'Person', name: listing.seller.nickname },
    },
  }
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  return `<script type="application/ld+json">${json}</${'script'}>`
}
