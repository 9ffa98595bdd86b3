import { type Browser, chromium } from 'playwright-core'
import { findChromium, findHeadlessShell } from '../../scripts/system-packages.ts'

/** Nothing of Chromium's own goes out to the internet; the sandbox needs rights that containers do not have. */
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** A browser without a window: the light one where there is one, unless the whole is asked for. The caller closes it. */
export async function launchChromium(which: 'light' | 'whole' = 'light'): Promise<Browser> {
  const executablePath = (which === 'light' ? findHeadlessShell() : null) ?? findChromium()
  if (!executablePath) throw new Error('no Chromium here: `npm test` installs one, CHROMIUM names another')
  return await chromium.launch({ executablePath, args: CHROMIUM_FLAGS })
}
