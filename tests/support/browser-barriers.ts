import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { z } from 'zod'
import type { Person } from './browser-person.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const Violations = z.array(z.object({ rule: z.string(), where: z.array(z.string()) }))
type Violation = z.infer<typeof Violations>[number]

/** What axe finds on each page, by day and by night, named by page, so that one run shows everything. */
export async function barriersOn(person: Person, paths: string[]): Promise<(Violation & { path: string })[]> {
  const found: (Violation & { path: string })[] = []
  for (const path of paths) {
    await person.go(path)
    found.push(...(await barriersHere(person)).map((violation) => ({ path, ...violation })))
  }
  return found
}

/** What axe finds on what is on the screen: all its rules by night, those about contrast again by day, since nothing else changes. */
export async function barriersHere({ page }: Pick<Person, 'page'>): Promise<Violation[]> {
  await page.evaluate(AXE)
  await page.evaluate(ALL_DRAWN)
  await page.emulateMedia({ colorScheme: 'dark' })
  const byNight = await violations(page, '{}')
  await page.emulateMedia({ colorScheme: 'light' })
  return [...byNight, ...(await violations(page, "{ runOnly: ['color-contrast'] }"))]
}

/** Holds what is on the screen to the bar; a sheet is closed afterwards unless it is to stay. */
export async function meetsNone(
  { page }: Person,
  what: 'main' | 'dialog' | 'alertdialog',
  then: 'close' | 'stay' = 'close',
): Promise<void> {
  await page.getByRole(what).waitFor()
  expect(await barriersHere({ page })).toEqual([])
  if (what === 'main' || then === 'stay') return
  await page.keyboard.press('Escape')
  await page.getByRole(what).waitFor({ state: 'detached' })
}

/** What lies below the fold is drawn late, and in the light it was laid out in: all of it is drawn from now on. */
const ALL_DRAWN = `for (const each of document.querySelectorAll('main *'))
  if (getComputedStyle(each).contentVisibility === 'auto') each.style.contentVisibility = 'visible'`
/** A colour on its way from one light to the other is neither: two frames and what moves are waited for. */
const AT_REST = `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() =>
  Promise.allSettled(document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity).map(({ finished }) => finished))).then(() => undefined)`

/** A toast that fades or a list that comes in is no barrier: what is still there some moments later is one. */
const LOOKS = 4
const BETWEEN_LOOKS_MS = 700

async function violations(page: Person['page'], options: string): Promise<Violation[]> {
  for (let look = 1; ; look++) {
    await page.evaluate(AT_REST)
    const found = await lookAt(page, options)
    if (found.length === 0 || look === LOOKS) return found
    await sleep(BETWEEN_LOOKS_MS)
  }
}

async function lookAt(page: Person['page'], options: string): Promise<Violation[]> {
  const report = await page.evaluate(
    `axe.run(${options}).then(({ violations }) => violations.map(({ id, nodes }) => ({ rule: id, where: nodes.map(({ html, target }) => target + ' ' + html.slice(0, 160)) })))`,
  )
  return Violations.parse(report)
}
