import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { step } from './progress.ts'
import { Refused } from './refused.ts'

const CHROMIUM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The same browser without a window's machinery: it draws and runs a page for half of the CPU, but has no permissions to ask for. */
const HEADLESS_SHELL_PACKAGE = 'chromium-headless-shell'
const HEADLESS_SHELL = `/usr/bin/${HEADLESS_SHELL_PACKAGE}`
export const findHeadlessShell = (): string | null => (existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : null)

/** The browser the browser tests drive, or null when the machine has none. */
export const findChromium = (): string | null =>
  [process.env.CHROMIUM, ...CHROMIUM_PATHS].find((path) => path !== undefined && existsSync(path)) ?? null

/**
 * A Chromium and a font with Korean letters. On Debian and its kin what is missing is installed; elsewhere one sentence says
 * what to install. Returns the path of the browser.
 */
export async function requireChromium(): Promise<string> {
  const wanted = [
    ...(findChromium() ? [] : ['chromium']),
    ...(existsSync('/usr/bin/apt-get') && !hasKoreanFont() ? ['fonts-noto-cjk'] : []),
  ]
  if (wanted.length > 0 && existsSync('/usr/bin/apt-get')) {
    await step(`Installing ${wanted.join(' and ')} with apt-get`, async () => aptInstall(wanted))
  }
  const chromium = findChromium()
  if (chromium) return chromium
  throw new Refused('The browser tests need Chromium: install it, or name one in the variable CHROMIUM.')
}

/** Installs the headless shell where Debian has one. Stories are told without it, too: what cannot be installed is left out. */
export async function wishForHeadlessShell(): Promise<void> {
  if (findHeadlessShell() || !hasPackage(HEADLESS_SHELL_PACKAGE)) return
  await step(
    `Installing ${HEADLESS_SHELL_PACKAGE} with apt-get`,
    async () => attempt(() => aptInstall([HEADLESS_SHELL_PACKAGE])),
    (refused) => refused ?? 'installed',
  )
}

function attempt(act: () => void): string | null {
  try {
    act()
    return null
  } catch (error) {
    if (error instanceof Refused) return error.message
    throw error
  }
}

/** Whether this machine's list of packages has it. */
const hasPackage = (name: string): boolean =>
  existsSync('/usr/bin/apt-cache') && spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0

const hasKoreanFont = (): boolean =>
  existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc') ||
  (spawnSync('fc-list', [':lang=ko'], { encoding: 'utf8' }).stdout ?? '').trim() !== ''

function aptInstall(packages: string[]): void {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]) => {
    const [command = 'apt-get', ...rest] = [...asRoot, 'apt-get', ...args]
    return spawnSync(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
  }
  apt('update', '-qq')
  const installed = apt('install', '-y', '-qq', '--no-install-recommends', ...packages)
  if (installed.status === 0) return
  const reason = (installed.stderr || installed.error?.message || '').trim().split('\n').at(-1) ?? ''
  throw new Refused(`apt-get could not install ${packages.join(' and ')}: ${reason}`)
}
