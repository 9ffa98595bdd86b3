import type { Letter, MailSender } from './port.ts'

/** Cloudflare Email Sending. It knows no idempotency key: a letter whose confirmation was lost may come twice. */
export const cloudflareSender = (options: { binding: SendEmail; from: string }): MailSender => ({
  async send(_letterId: string, { to, subject, text }: Letter) {
    await options.binding.send({ from: options.from, to, subject, text })
  },
})
