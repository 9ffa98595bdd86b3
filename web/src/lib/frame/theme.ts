export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const COOKIE = 'madang_theme'
const KEPT_SECONDS = 365 * 24 * 60 * 60

const GROUNDS = { light: '#fbf8f3', dark: '#171513' } as const
/** What the browser's own frame is painted in, by a bright and by a dark system: the reader's choice beats both. */
export const groundsOf = (theme: Theme): [byDay: string, byNight: string] =>
  theme === 'system' ? [GROUNDS.light, GROUNDS.dark] : [GROUNDS[theme], GROUNDS[theme]]

export const isTheme = (value: unknown): value is Theme => THEMES.some((theme) => theme === value)

/** The server writes the choice into the page's first byte, so nothing flashes; here it changes at once and is kept. */
export function setTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme
  const tags = document.querySelectorAll('meta[name="theme-color"]')
  groundsOf(theme).forEach((ground, index) => {
    tags[index]?.setAttribute('content', ground)
  })
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet
  document.cookie = `${COOKIE}=${theme}; Path=/; Max-Age=${KEPT_SECONDS}; SameSite=Lax`
}

export function themeNow(): Theme {
  const theme = document.documentElement.dataset.theme
  return isTheme(theme) ? theme : 'system'
}
