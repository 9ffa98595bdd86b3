import type { Neighbourhood } from '#contracts/place'
import { getLocale } from '$lib/paraglide/runtime.js'

/** Where the reader looks around from. A member's home decides; a guest's choice is kept in a cookie on this device. */
export type Place = { id: string; name: string; nameEn: string; lat: number; lng: number; radiusKm: number }

export const PLACE_COOKIE = 'madang_place'
export const RADIUS_CHOICES_KM = [1, 3, 5, 10, 30] as const
export const RADIUS_DEFAULT_KM = 5
/** How far the API looks at most. */
export const RADIUS_KM_MAX = 100
const PLACE_COOKIE_SECONDS = 365 * 24 * 60 * 60

export const placeName = (place: { name: string; nameEn: string }) =>
  getLocale() === 'ko' ? place.name : place.nameEn

export const placeOf = (from: Neighbourhood, radiusKm: number): Place => {
  const { id, name, nameEn, lat, lng } = from
  return { id, name, nameEn, lat, lng, radiusKm }
}

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  typeof value.id === 'string' &&
  'name' in value &&
  typeof value.name === 'string' &&
  'nameEn' in value &&
  typeof value.nameEn === 'string' &&
  ['lat', 'lng', 'radiusKm'].every((key) => Number.isFinite(Reflect.get(value, key)))

/** A cookie that was tampered with counts as none. */
export function readPlace(cookie: string | undefined): Place | null {
  try {
    const value: unknown = JSON.parse(cookie ?? 'null')
    return isPlace(value) ? value : null
  } catch {
    return null
  }
}

/** Browser only. Null forgets the choice. */
export function keepPlace(place: Place | null): void {
  const value = place ? encodeURIComponent(JSON.stringify(place)) : ''
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet
  document.cookie = `${PLACE_COOKIE}=${value}; Path=/; Max-Age=${place ? PLACE_COOKIE_SECONDS : 0}; SameSite=Lax`
}

/** The part of a list's question that says "near me". */
export const nearOf = (place: Place | null) =>
  place ? { near: `${place.lat.toFixed(3)},${place.lng.toFixed(3)}`, radiusKm: place.radiusKm } : {}
