const KEY = 'madang.recent-searches'
const KEPT_MAX = 10

const isText = (value: unknown): value is string => typeof value === 'string'

/** The last words looked for, on this device only. Without storage (private mode) there simply are none. */
export function recentTerms(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(value) ? value.filter(isText) : []
  } catch {
    return []
  }
}

function keep(terms: string[]): string[] {
  try {
    localStorage.setItem(KEY, JSON.stringify(terms))
  } catch {
    // Nothing is lost that was promised.
  }
  return terms
}

export const rememberTerm = (term: string) =>
  keep([term, ...recentTerms().filter((kept) => kept !== term)].slice(0, KEPT_MAX))
export const forgetTerm = (term: string) => keep(recentTerms().filter((kept) => kept !== term))
export const forgetTerms = () => keep([])
