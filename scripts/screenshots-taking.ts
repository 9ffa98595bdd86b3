import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { openPerson, type Person } from '../tests/support/browser-person.ts'
import { say } from './progress.ts'
import { inRoot } from './root.ts'
import type { Shot } from './screenshots-pages.ts'
import { ACCOUNTS } from './seed.ts'

const HEIGHT_MAX_PX = 2400
const BUTTON_PATIENCE_MS = 3_000

export type Look = {
  screen: 'phone' | 'desk'
  colorScheme: 'light' | 'dark'
  locale: 'ko-KR' | 'en-US'
}
export const LOOKS: Look[] = (['phone', 'desk'] as const).flatMap((screen) =>
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    (['ko-KR', 'en-US'] as const).map((locale) => ({ screen, colorScheme, locale })),
  ),
)
export const nameOf = ({ screen, colorScheme, locale }: Look) =>
  `${screen}-${colorScheme}-${locale.slice(0, 2)}`

export async function takeAll(browser: Browser, origin: string, look: Look, shots: Shot[]): Promise<void> {
  const dir = inRoot('screenshots', nameOf(look))
  mkdirSync(dir, { recursive: true })
  for (const as of ['guest', 'member', 'operator'] as const) {
    const mine = shots.filter((shot) => (shot.as ?? 'guest') === as)
    if (mine.length === 0) continue
    const person = await openPerson(browser, origin, look)
    if (as !== 'guest') await signIn(person, as)
    for (const shot of mine) {
      if (!(await take(person, shot, join(dir, `${shot.name}.png`))))
        say(`· ${nameOf(look)}: the town has nothing to show as ${shot.name}`)
    }
    await person.context.close()
  }
  say(`✓ ${nameOf(look)}: ${shots.length} pages`)
}

/** By field name, since the labels speak two languages. */
export async function signIn({ page, go }: Person, as: 'member' | 'operator'): Promise<void> {
  const account = ACCOUNTS.find(({ role }) => role === as) ?? ACCOUNTS[0]
  await go('/sign-in')
  await page.locator('input[name=login]').fill(account.loginId)
  await page.locator('input[name=password]').fill(account.password)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname !== '/sign-in')
}

/** False when the town has no such page, or no button that opens such a sheet. */
async function take(person: Person, shot: Shot, file: string): Promise<boolean> {
  const { page, go } = person
  const path = typeof shot.path === 'string' ? shot.path : await shot.path(person)
  if (path === null) return false
  await go(path)
  for (const name of [shot.open ?? []].flat()) {
    const button = page.getByRole('button', { name }).first()
    const isThere = await button.waitFor({ timeout: BUTTON_PATIENCE_MS }).then(
      () => true,
      () => false,
    )
    if (!isThere) return false
    // On a phone a message's menu is opened by holding it; its button shows only to keys.
    await button.click({ timeout: BUTTON_PATIENCE_MS }).catch(() => button.press('Enter'))
  }
  if (shot.open) await page.locator('[role=dialog], [role=alertdialog]').first().waitFor()
  await settled(page)
  const height = Math.min(HEIGHT_MAX_PX, Number(await page.evaluate('document.documentElement.scrollHeight')))
  const size = page.viewportSize()
  if (shot.open || !size) await page.screenshot({ path: file })
  else await page.screenshot({ path: file, fullPage: true, clip: { x: 0, y: 0, width: size.width, height } })
  return true
}

/** Fonts and the photos in sight have arrived; a photo that never comes is shown as it is. */
export async function settled(page: Person['page']): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.evaluate('document.fonts.ready.then(() => true)')
}
