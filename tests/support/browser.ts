import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { inject, type TestContext } from 'vitest'
import { z } from 'zod'
import { inRoot } from '../../scripts/root.ts'
import { launchChromium } from './browser-chromium.ts'
import { type Account, openPerson, type Person, type PersonOptions } from './browser-person.ts'
import { startSite } from './browser-platform.ts'
import { eventually, unique } from './platform.ts'

/** A context whose page loads itself anew while it closes may never say that it is closed; it goes with the browser. */
const CLOSING_MS = 10_000

/**
 * The platform that the browser project runs on (browser-platform.ts) and a browser; an `alone` one for stories that look at the books and
 * logs of a whole town. One a test file (`beforeAll`); `check()` after each test fails it when a page or a worker complained of
 * something the test did not expect; `close()` in `afterAll`.
 */
export async function openMadang(whose: 'shared' | 'alone' = 'shared') {
  const { origin, troubles, end } =
    whose === 'alone' ? await startSite() : { ...inject('madang'), end: async () => {} }
  // Another file's story may run at the same time: a worker that complains fails both.
  const linesIn = () => readFileSync(troubles, 'utf8').split('\n').slice(0, -1)
  let heard = linesIn().length
  const browser = await launchChromium()
  let whole: Promise<Browser> | undefined
  let people: Person[] = []

  /** What is installed, asks for permissions or works without a network is tried in the whole browser. */
  const browserFor = ({ serviceWorkers }: PersonOptions): Browser | Promise<Browser> => {
    if (serviceWorkers !== 'allow') return browser
    whole ??= launchChromium('whole')
    return whole
  }

  /** Someone with a browser of their own: no cookies or storage shared with anyone. A phone and Korean unless said otherwise. */
  async function person(options: PersonOptions = {}): Promise<Person> {
    const opened = await openPerson(await browserFor(options), origin, options)
    people.push(opened)
    return opened
  }

  /** A person who signed up on the pages with the mailed code, and stands on the home page. */
  async function newcomer(options: PersonOptions = {}): Promise<Person & { account: Account }> {
    const someone = await person(options)
    const account = accountOf(unique('m'))
    await someone.signUp(account, () => codeTo(account.email))
    return Object.assign(someone, { account })
  }

  /** A person who has been here before: signed in, on the home page. */
  async function member(options: PersonOptions = {}): Promise<Person & { account: Account }> {
    const [someone, account] = await Promise.all([person(options), accountMade('member')])
    await someone.enter(account)
    return Object.assign(someone, { account })
  }

  /** An operator's account: they are made by hand, never by signing up. */
  const operator = () => accountMade('operator')

  async function accountMade(role: 'member' | 'operator'): Promise<Account> {
    const account = accountOf(unique(role === 'member' ? 'm' : 'keeper'))
    const reply = await fetch(`${origin}/dev/members`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...account, role }),
    })
    if (!reply.ok) throw new Error(`no ${role} was made: ${reply.status} ${await reply.text()}`)
    return account
  }

  /** The newest code mailed to an address; mail leaves after the reply. */
  const codeTo = (address: string, except?: string): Promise<string> =>
    eventually(async () => {
      const reply = await fetch(`${origin}/dev/mail?to=${encodeURIComponent(address)}`)
      const code = /\b\d{6}\b/.exec(Mails.parse(await reply.json()).items[0]?.text ?? '')?.[0]
      if (!code || code === except) throw new Error(`no new code for ${address} yet`)
      return code
    })

  /**
   * After each test: throws what pages and workers complained of, and sends everyone home. Of a test that failed, what each
   * person saw last is kept in `screenshots/failed`.
   */
  async function check({ task }: TestContext): Promise<void> {
    if (task.result?.state === 'fail') await keepLastSight(task.name)
    const said = linesIn().slice(heard)
    heard += said.length
    const unexpected = [...people.flatMap((each) => each.troubles()), ...said]
    await Promise.all(people.map(({ context }) => Promise.race([context.close(), sleep(CLOSING_MS)])))
    people = []
    if (unexpected.length > 0) throw new Error(`unexpected on a page:\n${unexpected.join('\n')}`)
  }

  async function keepLastSight(test: string): Promise<void> {
    const name = test.replaceAll(/[^\p{L}\d]+/gu, '-').slice(0, 60)
    for (const [index, { page }] of people.entries()) {
      const path = inRoot('screenshots', 'failed', `${name}-${index + 1}.png`)
      await page.screenshot({ path, timeout: 5_000 }).catch(() => undefined)
    }
  }

  async function close(): Promise<void> {
    await Promise.all([browser.close(), whole?.then((opened) => opened.close())])
    await end()
  }

  return { origin, browser, person, newcomer, member, operator, codeTo, check, close }
}

export type Madang = Awaited<ReturnType<typeof openMadang>>

/** An account nobody has yet. */
export const accountOf = (name: string): Account => ({
  loginId: name,
  email: `${name}@example.com`,
  nickname: name.slice(-12),
  password: `Persimmon-${crypto.randomUUID().slice(0, 8)}`,
})

const Mails = z.object({ items: z.array(z.object({ text: z.string() })) })
