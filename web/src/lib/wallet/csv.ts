import { API_ROOT, query, refreshSession, type Trouble } from '$lib/api/client.ts'
import { getLocale } from '$lib/paraglide/runtime.js'
import type { HistoryFilters } from './history.ts'

/** Saves what the filters show as a file; what stood in the way, or null. A bare link would save an error page as a table. */
export async function saveCsv(filters: HistoryFilters): Promise<Trouble | null> {
  const ask = () =>
    fetch(`${API_ROOT}/wallet/entries.csv${query(filters)}`, { headers: { 'accept-language': getLocale() } })
  try {
    let response = await ask()
    if (response.status === 401 && (await refreshSession())) response = await ask()
    if (!response.ok) return { kind: 'unreadable', status: response.status }
    saveFile(await response.blob(), 'madang-wallet.csv')
    return null
  } catch {
    return { kind: 'offline' }
  }
}

/** Hands a file to the browser's own downloads. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // The download has begun by then; the memory is the browser's to free.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
