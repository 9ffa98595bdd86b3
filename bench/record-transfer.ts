import { app as payments } from '../workers/payments/http.ts'
import type { Recording } from './recording.ts'
import { openD1 } from './sqlite-d1.ts'

/**
 * Lets the payments app answer one transfer in this process over a copy of the rows and notes the statements it runs: what the floor
 * then repeats, each time with ids and moments of its own.
 */
export async function recordTransfer(
  file: string,
  asked: { body: string; token: string; faces: { id: string; nickname: string }[] },
  keys: JsonWebKey[],
): Promise<Recording> {
  const recording: Recording = { before: [], after: [], fresh: [] }
  const books = openD1(file, 'PAYMENTS', (operation) => void recording.before.push(operation))
  const faces = asked.faces.map((face) => ({ ...face, photo: null, withdrawn: false }))
  const env = {
    DB: books.db,
    IDENTITY: { jwks: async () => ({ keys }), members: async () => ({ ok: true, value: faces }) },
    TRADES: {},
    GROUP_BUYS: {},
    THROTTLE: {},
    NOTIFICATIONS_INBOX: { sendBatch: async () => {} },
    CURSOR_SECRET: 'c'.repeat(64),
    WALLET_SECRET: 'w'.repeat(64),
    PORTONE_STORE_ID: 'store-bench',
    PORTONE_API_SECRET: 'p'.repeat(32),
    PORTONE_WEBHOOK_SECRET: 'p'.repeat(32),
    TOSS_SECRET_KEY: 't'.repeat(32),
    TOSS_SECURITY_KEY: 'a'.repeat(64),
  }
  const later: Promise<unknown>[] = []
  const ctx = {
    waitUntil: (work: Promise<unknown>) => void later.push(work),
    passThroughOnException: () => {},
    props: {},
  }
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${asked.token}`,
  }
  const request = new Request('http://madang.example/api/v1/wallet/transfers', {
    method: 'POST',
    body: asked.body,
    headers,
  })
  try {
    // In workerd the runtime makes env and ctx; the app reads no more of them than is here.
    const reply = await payments.fetch(request, env as never, ctx as never)
    if (!reply.ok) throw new Error(`the transfer answered ${reply.status}: ${await reply.text()}`)
    const waited = recording.before.length
    await Promise.all(later)
    const written = JSON.stringify(recording.before).matchAll(/\b(?:xfr|ent|evt)_[0-9a-z]{26}/g)
    return {
      before: recording.before.slice(0, waited),
      after: recording.before.slice(waited),
      fresh: [...new Set(Array.from(written, ([id]) => id))],
    }
  } finally {
    books.close()
  }
}
