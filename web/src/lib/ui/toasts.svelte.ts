type Act = { word: string; run: () => void }
export type Toast = { id: number; text: string; tone: 'plain' | 'refusal'; act: Act | null }

const SHOWN_MS = 4_000
/** Long enough to read, decide and reach the button. */
const SHOWN_WITH_ACT_MS = 10_000
const SHOWN_AT_ONCE_MAX = 3

let nextId = 1
export const toasts = $state<Toast[]>([])

/** Says one sentence at the foot of the screen and to screen readers; it goes by itself. */
export function say(text: string, tone: Toast['tone'] = 'plain', act: Act | null = null): void {
  const id = nextId++
  toasts.push({ id, text, tone, act })
  if (toasts.length > SHOWN_AT_ONCE_MAX) toasts.shift()
  setTimeout(() => dismiss(id), act ? SHOWN_WITH_ACT_MS : SHOWN_MS)
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id)
  if (at >= 0) toasts.splice(at, 1)
}
