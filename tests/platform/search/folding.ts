import type { EventOf, EventType, MadangEvent } from '#contracts/events'
import { suggestWordsOf } from '../../../workers/search/suggest.rules.ts'

/** Those facts that are of one of these types. */
export const factsOfType = <Type extends EventType>(
  facts: readonly MadangEvent[],
  ...types: Type[]
): EventOf<Type>[] => facts.filter((fact): fact is EventOf<Type> => types.some((type) => type === fact.type))

/** The newest fact of each aggregate. */
export function newestOf<Fact extends MadangEvent>(facts: readonly Fact[]): Map<string, Fact> {
  const newest = new Map<string, Fact>()
  for (const fact of facts)
    if ((newest.get(fact.aggregateId)?.version ?? 0) < fact.version) newest.set(fact.aggregateId, fact)
  return newest
}

/** The words that would be offered of these titles, with how many have them. */
export function wordsIn(titles: readonly string[]): Record<string, number> {
  const words: Record<string, number> = {}
  for (const word of titles.flatMap((title) => suggestWordsOf(title))) words[word] = (words[word] ?? 0) + 1
  return words
}

/** The words that search itself would offer. */
export async function wordsOffered(db: D1Database): Promise<Record<string, number>> {
  const { results } = await db
    .prepare("SELECT text, weight FROM suggestions WHERE kind = 'title'")
    .all<{ text: string; weight: number }>()
  return Object.fromEntries(results.map(({ text, weight }) => [text, weight]))
}

/** Empties what a read model is made of. */
export const forget = (db: D1Database, ...tables: string[]) =>
  db.batch(tables.map((table) => db.prepare(`DELETE FROM ${table}`)))
