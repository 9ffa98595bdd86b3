export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const COOKIE = 'madang_theme'
const KEPT_SECONDS = 365 * 24 * 60 * 60

export const isTheme = (value: unknown): value is Theme => THEMES.some((theme) => theme === value)

/** The server writes the choice into the page's first byte, so nothing flashes; here it changes at once and is kept. */
export function setTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet
  document.cookie = `${COOKIE}=${theme}; Path=/; Max-Age=${KEPT_SECONDS}; SameSite=Lax`
}

export function themeNow(): Theme {
  const theme = document.documentElement.dataset.theme
  return isTheme(theme) ? theme : 'system'
}
