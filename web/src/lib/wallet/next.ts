import { ownPath } from './money.ts'

const nameOf = (chargeId: string) => `madang:charge-next:${chargeId}`

/** Where someone was going when they topped up; for this tab only. Without a store the wallet is where they end. */
export function keepNext(chargeId: string, path: string): void {
  try {
    sessionStorage.setItem(nameOf(chargeId), path)
  } catch {
    // Said above.
  }
}
export function nextOf(chargeId: string): string | null {
  try {
    return ownPath(sessionStorage.getItem(nameOf(chargeId)))
  } catch {
    return null
  }
}
