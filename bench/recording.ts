export type Value = string | number | null
export type Operation = {
  db: 'LISTINGS' | 'SEARCH' | 'PAYMENTS' | 'GROUP_BUYS'
  statements: { sql: string; params: Value[] }[]
}
/** The statements of one request: those its reply waits for, and those that follow it. `fresh` ids are new in each repetition. */
export type Recording = { before: Operation[]; after: Operation[]; fresh: string[] }
