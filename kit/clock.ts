/** The one clock. Rules take `nowMs` as an argument; only transport and sweeps ask here. */
export const nowMs = (): number => Date.now()

export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** Minutes east of UTC of the town's own days; Korea keeps no summer time. */
const TOWN_OFFSET_MS = 9 * HOUR_MS

/** The day a moment falls on in Korea, as `2026-11-21`. */
export const townDay = (atMs: number): string => new Date(atMs + TOWN_OFFSET_MS).toISOString().slice(0, 10)

export const toIso = (atMs: number): string => new Date(atMs).toISOString()
