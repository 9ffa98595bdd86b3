import type { Browser, BrowserContext, Page } from 'playwright-core'

export type Account = { loginId: string; email: string; nickname: string; password: string }
export type PersonOptions = {
  locale?: 'ko-KR' | 'en-US'
  colorScheme?: 'light' | 'dark'
  screen?: 'phone' | 'desk'
  /** Stays out of the service worker's way unless a test is about it. */
  serviceWorkers?: 'allow' | 'block'
}

export const SCREENS = {
  phone: { width: 390, height: 844 },
  desk: { width: 1280, height: 900 },
} as const
/** A page that does not show what was asked for within this says so by name. */
const PATIENCE_MS = 15_000

/** One person with a browser of their own. */
export type Person = {
  context: BrowserContext
  page: Page
  /** Opens a path of the site and waits until its script runs. */
  go(path: string): Promise<void>
  /** Names what this test provokes on purpose: a refused request, a dead network. */
  expects(pattern: RegExp): void
  troubles(): string[]
  signUp(account: Account, code: () => Promise<string>): Promise<void>
  signIn(account: Account): Promise<void>
  /** Signed in without typing it: the sign-in page's form, sent as a browser without script would. */
  enter(account: Account): Promise<void>
}

/** A new person's browser: phone-sized and Korean unless said otherwise, watched for anything that goes wrong in it. */
export async function openPerson(
  browser: Browser,
  origin: string,
  { locale = 'ko-KR', colorScheme = 'light', screen = 'phone', serviceWorkers = 'block' }: PersonOptions,
): Promise<Person> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: SCREENS[screen],
    locale,
    colorScheme,
    timezoneId: 'Asia/Seoul',
    reducedMotion: 'reduce',
    hasTouch: screen === 'phone',
    serviceWorkers,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const watch = watched(page)

  async function go(path: string): Promise<void> {
    await page.goto(path)
    await hydrated(page)
  }
  async function fill(label: string | RegExp, value: string): Promise<void> {
    await page.getByLabel(label, { exact: true }).fill(value)
  }
  return {
    context,
    page,
    go,
    ...watch,
    async signUp(account, code) {
      await go('/sign-up')
      await fill('아이디', account.loginId)
      await fill('이메일', account.email)
      await fill('비밀번호', account.password)
      await fill('별명', account.nickname)
      await page.getByRole('button', { name: '확인 번호 받기' }).click()
      await fill('확인 번호 여섯 자리', await code())
      await page.getByRole('button', { name: '확인하기' }).click()
      await page.waitForURL(`${origin}/`)
    },
    async signIn(account) {
      await go('/sign-in')
      await fill('아이디 또는 이메일', account.loginId)
      await fill('비밀번호', account.password)
      await page.getByRole('button', { name: '로그인하기' }).click()
      await page.waitForURL((url) => url.pathname !== '/sign-in')
    },
    async enter({ loginId, password }) {
      const reply = await context.request.post('/sign-in', {
        headers: { origin, accept: 'text/html' },
        form: { login: loginId, password },
        maxRedirects: 0,
      })
      if (reply.status() !== 303) throw new Error(`${loginId} was not let in: ${reply.status()}`)
      await go('/')
    },
  }
}

/**
 * Waits until the page's own script has taken over the HTML (SvelteKit then adds its announcer for screen readers); a click
 * before that would be the browser's, not ours.
 */
export async function hydrated(page: Page): Promise<void> {
  await page.locator('#svelte-announcer').waitFor({ state: 'attached' })
}

const SERVER_ERROR = 500

/** Console errors (refusals by the page's policy are among them), exceptions, dialogs, server errors. */
function watched(page: Page): Pick<Person, 'expects' | 'troubles'> {
  const seen: string[] = []
  const expected: RegExp[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') seen.push(`console: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => seen.push(`exception: ${error.stack ?? error.message}`))
  page.on('dialog', async (dialog) => {
    seen.push(`dialog: ${dialog.message()}`)
    await dialog.dismiss()
  })
  page.on('response', (response) => {
    if (response.status() >= SERVER_ERROR) seen.push(`answer ${response.status()}: ${response.url()}`)
  })
  return {
    expects: (pattern) => expected.push(pattern),
    troubles: () => seen.filter((trouble) => !expected.some((pattern) => pattern.test(trouble))),
  }
}
