import { dice } from './books.ts'

/** One transfer that somebody means; its mark is its memo and its key, however often it is sent. */
export type Intent = { mark: string; from: number; to: number; amount: number }
/** How it was answered in the end; `id` is the transfer's when it was made. */
export type Answered = { mark: string; status: number; id: string | null }

/** Transfers between any two of so many accounts, some of more than there is. */
export function intentsOf(
  count: number,
  accounts: number,
  { most, seed }: { most: number; seed: number },
): Intent[] {
  const roll = dice(seed)
  return Array.from({ length: count }, (_, index) => {
    const from = roll(accounts)
    const to = (from + 1 + roll(accounts - 1)) % accounts
    return { mark: `mark ${index}`, from, to, amount: 1 + roll(most) }
  })
}

/** Has them sent by so many clients at once; `before` is told of each one's turn. */
export async function drive(
  intents: Intent[],
  clients: number,
  send: (intent: Intent, index: number) => Promise<Answered>,
): Promise<Answered[]> {
  const answers: Answered[] = []
  let next = 0
  const client = async () => {
    for (let index = next++; index < intents.length; index = next++) {
      const intent = intents[index]
      if (intent) answers.push(await send(intent, index))
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return answers
}

/** All books in one statement, and so at one moment. */
export const SNAPSHOT = `SELECT (SELECT coalesce(sum(balance), 0) FROM accounts) AS balances,
  (SELECT coalesce(sum(amount), 0) FROM entries) AS entries,
  (SELECT coalesce(min(balance - held), 0) FROM accounts WHERE kind = 'member') AS lowest,
  (SELECT count(*) FROM accounts WHERE balance <>
    coalesce((SELECT sum(amount) FROM entries WHERE account_id = accounts.id), 0)) AS unlike`
export type Snapshot = { balances: number; entries: number; lowest: number; unlike: number }

/** What no reader may ever see. */
export function faultsIn({ balances, entries, lowest, unlike }: Snapshot): string[] {
  return [
    balances === 0 ? '' : `the balances come to ${balances}`,
    entries === 0 ? '' : `the entries come to ${entries}`,
    lowest >= 0 ? '' : `somebody can spend ${lowest}`,
    unlike === 0 ? '' : `${unlike} balances are not what their entries come to`,
  ].filter((fault) => fault !== '')
}

/** Every transfer between members with how many entries it has. */
export const MOVED = `SELECT id, memo, (SELECT count(*) FROM entries WHERE transfer_id = transfers.id) AS entries
  FROM transfers WHERE cause_kind = 'transfer'`
export type Moved = { id: string; memo: string | null; entries: number }

/** What is wrong in the end between what was answered and what was booked. */
export function faultsOf(answers: Answered[], moved: Moved[]): string[] {
  const byMark = Map.groupBy(moved, ({ memo }) => memo)
  const answered = answers.flatMap(({ mark, status, id }) => {
    const [row, ...others] = byMark.get(mark) ?? []
    if (status !== 201) return row ? [`${mark} was refused and moved`] : []
    if (!row || others.length > 0) return [`${mark} moved ${row ? others.length + 1 : 0} times`]
    return row.id === id ? [] : [`${mark} was answered with another transfer`]
  })
  const halves = moved.filter(({ entries }) => entries !== 2)
  const marks = new Set(answers.map(({ mark }) => mark))
  const unasked = moved.filter(({ memo }) => memo === null || !marks.has(memo))
  return [
    ...answered,
    ...halves.map(({ id, entries }) => `${id} has ${entries} entries`),
    ...unasked.map(({ id }) => `nobody asked for ${id}`),
  ]
}
