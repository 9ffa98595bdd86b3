import { type Identity, newAccount, startIdentity } from '../tests/platform/identity/alone.ts'

/**
 * Whether the time of an answer tells that an address or login has an account: known and unknown ones are asked about in
 * turns, and their floors and medians compared. Run it on a quiet machine: `node bench/oracle.ts [samples]`; it ends with 1
 * when a floor or a median differs by 5 % or by 10 ms in every one of three rounds.
 */
const SAMPLES = Number(process.argv[2] ?? 200)
const WARM_UP = 5
/** One address may be sent five letters an hour and an account tried ten times by strangers. */
const ASKED_PER_ACCOUNT = 5
const RATIO_MAX = 1.05
const DIFFERENCE_MS_MAX = 10

type Who = 'known' | 'unknown'
type Account = { loginId: string; email: string }
type Question = {
  name: string
  /** How long the answer's aftermath may take: it must not fall into the next one's time. */
  quietMs: number
  ask: (identity: Identity, account: Account, ip: string) => Promise<unknown>
}

const QUESTIONS: Question[] = [
  {
    name: 'sign-in by id',
    quietMs: 10,
    ask: (identity, { loginId }, ip) => identity.signIn(loginId, 'wrong', { ip }),
  },
  {
    name: 'sign-in by e-mail',
    quietMs: 10,
    ask: (identity, { email }, ip) => identity.signIn(email, 'wrong', { ip }),
  },
  {
    name: 'sign-up',
    quietMs: 100,
    ask: (identity, { email }, ip) => identity.post('auth/sign-up', { ...newAccount(), email }, { ip }),
  },
  ...['find-id', 'reset-password', 'resend-code'].map((path) => ({
    name: path,
    quietMs: 400,
    ask: (identity: Identity, { email }: Account, ip: string) =>
      identity.post(`auth/${path}`, { email }, { ip }),
  })),
  {
    name: 'reset-password/confirm',
    quietMs: 10,
    ask: (identity, { email }, ip) =>
      identity.post(
        'auth/reset-password/confirm',
        { email, code: '000000', password: 'fresh-Lantern-31-x' },
        { ip },
      ),
  },
]

/** A real difference shows every time, the noise of a machine does not. */
const ROUNDS_MAX = 3

const quiet = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const quantile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN

const identity = await startIdentity()
let told = 0
let asked = 0
try {
  for (const question of QUESTIONS) {
    let tells = true
    for (let round = 0; tells && round < ROUNDS_MAX; round++) {
      const times = await timesOf(question)
      const [floor, middle] = [compare('floor', times, 0), compare('median', times, 0.5)]
      console.log(`${question.name.padEnd(24)} ${floor.words}   ${middle.words}`)
      tells = floor.tells || middle.tells
    }
    told += Number(tells)
  }
} finally {
  await identity.close()
}
console.log(told === 0 ? `nothing told by ${SAMPLES} samples each` : `${told} questions tell by their time`)
process.exitCode = told === 0 ? 0 : 1

async function timesOf({ ask, quietMs }: Question): Promise<Record<Who, number[]>> {
  const times: Record<Who, number[]> = { known: [], unknown: [] }
  const accounts: Record<Who, Account> = { known: newAccount(), unknown: newAccount() }
  for (let sample = -WARM_UP; sample < SAMPLES; sample++) {
    if (sample % ASKED_PER_ACCOUNT === 0 || sample === -WARM_UP) {
      accounts.known = await identity.makeMember()
      accounts.unknown = newAccount()
    }
    // Which of the two is asked first takes turns as well: the second may find a cache warm.
    const order: Who[] = sample % 2 === 0 ? ['known', 'unknown'] : ['unknown', 'known']
    for (const who of order) {
      const startedMs = performance.now()
      await ask(identity, accounts[who], `198.51.${Math.floor(asked / 250) % 250}.${asked++ % 250}`)
      if (sample >= 0) times[who].push(performance.now() - startedMs)
    }
    await quiet(quietMs)
  }
  return times
}

function compare(name: string, times: Record<Who, number[]>, share: number) {
  const [known, unknown] = [quantile(times.known, share), quantile(times.unknown, share)]
  const ratio = Math.max(known, unknown) / Math.min(known, unknown)
  const tells = ratio >= RATIO_MAX || Math.abs(known - unknown) >= DIFFERENCE_MS_MAX
  const words = `${name} known ${known.toFixed(1)} ms, unknown ${unknown.toFixed(1)} ms, ratio ${ratio.toFixed(3)}`
  return { words, tells }
}
