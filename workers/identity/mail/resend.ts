import type { Letter, MailSender } from './port.ts'

const ENDPOINT = 'https://api.resend.com/emails'
const DEADLINE_MS = 8_000

/** Resend's HTTP API. `http` is the network, or whoever plays the provider on a developer's machine. */
export const resendSender = (options: {
  http: Pick<Fetcher, 'fetch'>
  apiKey: string
  from: string
}): MailSender => ({
  async send(letterId: string, { to, subject, text }: Letter) {
    const reply = await options.http.fetch(ENDPOINT, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${options.apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': letterId,
      },
      body: JSON.stringify({ from: options.from, to: [to], subject, text }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    await reply.body?.cancel()
    if (!reply.ok) throw new Error(`mail provider answered ${reply.status}`)
  },
})
