/** What one key's duplicates were answered, and what came of them. */
export type KeyHistory = {
  key: string
  /** The final answer of each duplicate, after it was let in. */
  answers: { status: number; text: string; replayed: boolean }[]
  /** Things in the database that this key's requests made. */
  effects: number
}

/** What is wrong with a history of retries: each key must have one effect and one answer, and say when it repeats it. */
export function faultsOf(histories: readonly KeyHistory[]): string[] {
  return histories.flatMap(({ key, answers, effects }) => {
    const faults: string[] = []
    if (effects !== 1) faults.push(`${key} had ${effects} effects`)
    if (new Set(answers.map(({ status, text }) => `${status} ${text}`)).size !== 1)
      faults.push(`${key} was answered differently`)
    if (answers.some(({ status }) => status !== 201)) faults.push(`${key} was not let in`)
    // None is right too: the first answer may have been lost with the process that gave it.
    if (answers.filter(({ replayed }) => !replayed).length > 1) faults.push(`${key} was new more than once`)
    return faults
  })
}
