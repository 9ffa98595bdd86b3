/**
 * The key a purchase is sent with. It is kept for this tab before the purchase is sent and dropped when it was answered, so
 * that one sent again after a lost answer or a reload is the same purchase, and one after a refusal or a cancel is a new one.
 */
type Purchase = { listingId: string; price: number; couponId: string | null }

const nameOf = ({ listingId, price, couponId }: Purchase) =>
  `madang:purchase:${listingId}:${price}:${couponId ?? '-'}`

export function keyFor(purchase: Purchase): string {
  const name = nameOf(purchase)
  const kept = read(name)
  if (kept !== null) return kept
  const key = crypto.randomUUID()
  try {
    sessionStorage.setItem(name, key)
  } catch {
    // A browser that keeps nothing loses the key with the page; the listing can still be bought once only.
  }
  return key
}

export function dropKey(purchase: Purchase): void {
  try {
    sessionStorage.removeItem(nameOf(purchase))
  } catch {
    // Nothing was kept either.
  }
}

function read(name: string): string | null {
  try {
    return sessionStorage.getItem(name)
  } catch {
    return null
  }
}
