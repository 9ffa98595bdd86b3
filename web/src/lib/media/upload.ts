import type { Problem } from '#contracts/errors'
import type { Image } from '#contracts/media'
import { API_ROOT, type Reply, refreshSession } from '$lib/api/client.ts'
import { getLocale } from '$lib/paraglide/runtime.js'

type Progress = (percent: number) => void

/**
 * Sends one photo as raw bytes, telling how far it is (fetch cannot). The key makes a repeat after a lost answer give
 * the first image again instead of a second one.
 */
export async function upload(
  photo: Blob,
  key: string,
  tell: Progress,
  signal: AbortSignal,
): Promise<Reply<Image>> {
  const first = await send(photo, key, tell, signal)
  if (first.status !== 401 || !(await refreshSession())) return replyOf(first)
  return replyOf(await send(photo, key, tell, signal))
}

type Answer = { status: number; body: string }

function send(photo: Blob, key: string, tell: Progress, signal: AbortSignal): Promise<Answer> {
  return new Promise((done) => {
    const request = new XMLHttpRequest()
    request.open('POST', `${API_ROOT}/media`)
    request.setRequestHeader('content-type', photo.type || 'application/octet-stream')
    request.setRequestHeader('idempotency-key', key)
    request.setRequestHeader('accept-language', getLocale())
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) tell(Math.round((event.loaded / event.total) * 100))
    }
    request.onloadend = () => done({ status: request.status, body: request.responseText })
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(photo)
  })
}

function replyOf({ status, body }: Answer): Reply<Image> {
  if (status === 0) return { ok: false, trouble: { kind: 'offline' } }
  try {
    if (status < 300) return { ok: true, value: JSON.parse(body) }
    const problem: Problem = JSON.parse(body)
    if (typeof problem?.code === 'string') return { ok: false, trouble: { kind: 'refusal', problem } }
  } catch {
    // Not JSON: said as it is below.
  }
  return { ok: false, trouble: { kind: 'unreadable', status } }
}
