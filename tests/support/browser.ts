import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { z } from 'zod'
import { startDev } from '../../scripts/dev-server.ts'
import { prepare } from '../../scripts/prepare.ts'
import { freePort } from '../../scripts/processes.ts'
import { inRoot } from '../../scripts/root.ts'
import { launchChromium } from './browser-chromium.ts'
import { type Account, openPerson, type Person, type PersonOptions } from './browser-person.ts'
import { eventually, unique } from './platform.ts'

/**
 * The whole platform with its pages on a port of its own, with empty databases, and a browser. One a test file
 * (`beforeAll`); `check()` after each test fails it when a page complained of something the test did not expect; `close()` in
 * `afterAll` ends every process and removes the state.
 */
export async function openMadang() {
  const said: string[] = []
  const { origin, end } = await platformFor((line) => said.push(line))
  const browser = await launchChromium()
  let people: Person[] = []

  /** Someone with a browser of their own: no cookies or storage shared with anyone. A phone and Korean unless said otherwise. */
  async function person(options: PersonOptions = {}): Promise<Person> {
    const opened = await openPerson(browser, origin, options)
    people.push(opened)
    return opened
  }

  /** A person who signed up on the pages with the mailed code, and stands on the home page. */
  async function member(options: PersonOptions = {}): Promise<Person & { account: Account }> {
    const someone = await person(options)
    const account = accountOf(unique('m'))
    await someone.signUp(account, () => codeTo(account.email))
    return Object.assign(someone, { account })
  }

  /** An operator's account: they are made by hand, never by signing up. */
  async function operator(): Promise<Account> {
    const account = accountOf(unique('keeper'))
    const { loginId, password, nickname, email } = account
    const reply = await fetch(`${origin}/dev/members`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ loginId, password, nickname, email, role: 'operator' }),
    })
    if (!reply.ok) throw new Error(`no operator was made: ${reply.status}`)
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
    const troubles = [...people.flatMap(({ troubles }) => troubles()), ...said.splice(0)]
    await Promise.all(people.map(({ context }) => context.close()))
    people = []
    if (troubles.length > 0) throw new Error(`unexpected on a page:\n${troubles.join('\n')}`)
  }

  async function keepLastSight(test: string): Promise<void> {
    const name = test.replaceAll(/[^\p{L}\d]+/gu, '-').slice(0, 60)
    for (const [index, { page }] of people.entries()) {
      const path = inRoot('screenshots', 'failed', `${name}-${index + 1}.png`)
      await page.screenshot({ path, timeout: 5_000 }).catch(() => undefined)
    }
  }

  async function close(): Promise<void> {
    await browser.close()
    await end()
  }

  return { origin, browser, person, member, operator, codeTo, check, close }
}

/** A platform of its own, or the running one that MADANG_ORIGIN names (`npm run serve`, while writing a story). */
async function platformFor(
  complain: (line: string) => void,
): Promise<{ origin: string; end: () => Promise<void> }> {
  const running = process.env.MADANG_ORIGIN
  if (running) return { origin: running, end: async () => {} }
  const stateDir = mkdtempSync(join(tmpdir(), 'madang-browser-'))
  const workers = await prepare(stateDir)
  const platform = await startDev({ workers, stateDir, port: await freePort(), complain })
  const end = async () => {
    await platform.end()
    rmSync(stateDir, { recursive: true, force: true })
  }
  // `localhost` and not the number: browsers let cookies that ask for https live there.
  return { origin: platform.origin.replace('127.0.0.1', 'localhost'), end }
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
