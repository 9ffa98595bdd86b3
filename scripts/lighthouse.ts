import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import lighthouse from 'lighthouse'
import { type BrowserContext, chromium } from 'playwright-core'
import { z } from 'zod'
import { CHROMIUM_FLAGS } from '../tests/support/browser-chromium.ts'
import { hydrated } from '../tests/support/browser-person.ts'
import { type DeployedFront, deployedFront } from './deployed-front.ts'
import { prepare } from './prepare.ts'
import { endOnSignal, freePort } from './processes.ts'
import { say } from './progress.ts'
import { main, Refused } from './refused.ts'
import { inRoot } from './root.ts'
import { ACCOUNTS, seedWhenEmpty } from './seed.ts'
import { servePlatform } from './serve-platform.ts'
import { openState } from './state.ts'
import { requireChromium } from './system-packages.ts'

const SCORE_MIN = 95
/** Of all JavaScript a page loads until it rests, each file gzipped. */
const SCRIPT_BYTES_MAX = 90 * 1024
const RUNS_DEFAULT = 3
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const

/** `unlisted` pages tell search engines to stay away on purpose, so the audit that asks for the opposite is left out. */
type Subject = { name: string; path: string; kind: 'listed' | 'unlisted'; as: 'guest' | 'member' }
type Figures = { scores: number[]; scriptBytes: number; failed: string[] }

const Audit = z.object({ score: z.number().nullable(), title: z.string(), details: z.unknown() })
const Report = z.object({
  runtimeError: z.object({ message: z.string() }).optional(),
  categories: z.record(z.string(), z.object({ score: z.number().nullable() })),
  audits: z.record(z.string(), Audit),
})
const Requests = z.object({
  items: z.array(z.object({ url: z.string(), resourceType: z.string().optional() })),
})
const Cards = z.object({ items: z.array(z.object({ id: z.string(), imageCount: z.number() })) })

/** `origin` is the platform itself, `front` what a browser is shown. */
type Site = { origin: string; front: DeployedFront; end: () => Promise<void> }

/** A platform that runs already, or one of our own on bundles with the demo town, kept in `.madang/lighthouse`. */
async function platformAt(running: string | undefined): Promise<Site> {
  if (running) {
    const front = await deployedFront(running)
    return { origin: running, front, end: front.end }
  }
  const stateDir = openState(inRoot('.madang', 'lighthouse'))
  const workers = await prepare(stateDir)
  const served = await servePlatform({ workers, stateDir, port: await freePort(), complain: say })
  await seedWhenEmpty({ origin: served.origin, stateDir, town: 'demo' })
  const front = await deployedFront(served.origin)
  return { origin: served.origin, front, end: () => front.end().then(served.end) }
}

/** The pages a stranger meets first, with a thing that has photos. */
async function subjectsOf(origin: string): Promise<Subject[]> {
  const reply = await fetch(`${origin}/api/v1/listings?limit=50`).catch(() => null)
  const cards = reply?.ok ? Cards.parse(await reply.json()).items : []
  const thing = cards.toSorted((a, b) => b.imageCount - a.imageCount)[0]
  if (!thing) throw new Refused(`No demo town answers at ${origin}.`)
  return [
    { name: 'home', path: '/', kind: 'listed', as: 'guest' },
    { name: 'search', path: `/search?q=${encodeURIComponent('자전거')}`, kind: 'unlisted', as: 'guest' },
    { name: 'listing', path: `/listings/${thing.id}`, kind: 'listed', as: 'guest' },
    { name: 'post', path: '/post', kind: 'unlisted', as: 'member' },
  ]
}

/** One look of Lighthouse at a page, as a phone on its slow simulated line. */
async function lookAt({ origin, front }: Site, subject: Subject, port: number): Promise<Figures> {
  const url = front.origin + subject.path
  const result = await lighthouse(url, {
    port,
    output: 'json',
    logLevel: 'error',
    onlyCategories: [...CATEGORIES],
    ...(subject.kind === 'unlisted' ? { skipAudits: ['is-crawlable'] } : {}),
  })
  const report = Report.parse(result?.lhr)
  if (report.runtimeError) throw new Error(`${url}: ${report.runtimeError.message}`)
  const requests = Requests.parse(report.audits['network-requests']?.details).items
  const scripts = requests
    .filter(({ resourceType }) => resourceType === 'Script')
    .map(({ url }) => url.replace(front.origin, origin))
  return {
    scores: CATEGORIES.map((category) => Math.round(100 * (report.categories[category]?.score ?? 0))),
    scriptBytes: await gzippedBytes([...new Set(scripts)]),
    failed: Object.values(report.audits)
      .filter(({ score }) => score !== null && score < 0.9)
      .map(({ title, score }) => `${title} (${score})`),
  }
}

/** What the scripts weigh on the wire. */
async function gzippedBytes(urls: string[]): Promise<number> {
  const sizes = urls.map(async (url) => gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).length)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** Several looks; the middle one by performance stands, since a busy machine makes single ones jump. */
async function measure(site: Site, subject: Subject, port: number, runs: number): Promise<Figures> {
  const looks: Figures[] = []
  for (let run = 0; run < runs; run++) looks.push(await lookAt(site, subject, port))
  const sorted = looks.toSorted((a, b) => (a.scores[0] ?? 0) - (b.scores[0] ?? 0))
  const middle = sorted[Math.floor(runs / 2)]
  if (!middle) throw new Refused('--runs takes a number from 1.')
  return middle
}

async function signIn(context: BrowserContext, origin: string): Promise<void> {
  const [account] = ACCOUNTS
  const page = await context.newPage()
  await page.goto(`${origin}/sign-in`)
  await hydrated(page)
  await page.locator('input[name=login]').fill(account.loginId)
  await page.locator('input[name=password]').fill(account.password)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname !== '/sign-in')
  await page.close()
}

/** Prints one line a page; returns what missed its budget. */
async function report(site: Site, runs: number): Promise<string[]> {
  const port = await freePort()
  const profile = mkdtempSync(join(tmpdir(), 'madang-lighthouse-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await requireChromium(),
    args: [
      ...CHROMIUM_FLAGS,
      `--remote-debugging-port=${port}`,
      `--ignore-certificate-errors-spki-list=${site.front.keyHash}`,
    ],
    locale: 'ko-KR',
  })
  const missed: string[] = []
  try {
    say(`${'page'.padEnd(9)} ${CATEGORIES.map((name) => name.padStart(15)).join('')}   JavaScript`)
    for (const subject of await subjectsOf(site.origin)) {
      if (subject.as === 'member') await signIn(context, site.front.origin)
      const { scores, scriptBytes, failed } = await measure(site, subject, port, runs)
      const kilobytes = (scriptBytes / 1024).toFixed(1)
      say(
        `${subject.name.padEnd(9)} ${scores.map((score) => String(score).padStart(15)).join('')} ${kilobytes.padStart(9)} KB`,
      )
      const low = CATEGORIES.filter((_, index) => (scores[index] ?? 0) < SCORE_MIN)
      if (low.length > 0)
        missed.push(`${subject.name}: ${low.join(', ')} below ${SCORE_MIN}: ${failed.join('; ')}`)
      if (subject.name === 'home' && scriptBytes > SCRIPT_BYTES_MAX)
        missed.push(`home: ${kilobytes} KB of JavaScript, more than ${SCRIPT_BYTES_MAX / 1024}`)
    }
  } finally {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  }
  return missed
}

/**
 * Lighthouse on the pages a stranger meets first, held against their budgets:
 * `node scripts/lighthouse.ts [--origin http://localhost:8787] [--runs 3]`. Without an origin it serves the demo town itself.
 */
await main(async () => {
  const { values } = parseArgs({
    options: { origin: { type: 'string' }, runs: { type: 'string', default: String(RUNS_DEFAULT) } },
  })
  const platform = await platformAt(values.origin)
  endOnSignal(platform.end)
  let missed: string[]
  try {
    missed = await report(platform, Number(values.runs))
  } finally {
    await platform.end()
  }
  if (missed.length > 0) throw new Refused(`Budgets missed:\n${missed.join('\n')}`)
  say(
    `✓ every page at ${SCORE_MIN} or more in each category, and ≤ ${SCRIPT_BYTES_MAX / 1024} KB of JavaScript at home`,
  )
  process.exit(0)
})
