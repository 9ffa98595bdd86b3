import { z } from 'zod'
import { SECOND_MS, toIso } from '#kit/clock'
import type { PaymentProvider, ProviderPayment } from './provider.ts'

const ORIGIN = 'https://api.portone.io'
const DEADLINE_MS = 8 * SECOND_MS
/** The most PortOne answers in a page of payments. */
const PAGE_SIZE = 1_000

const STATUSES: Record<string, ProviderPayment['status']> = {
  PAID: 'paid',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  PARTIAL_CANCELLED: 'partly_cancelled',
}
/** The part of a payment that is read; before it is paid some of it is missing. */
const Payment = z.object({
  id: z.string(),
  storeId: z.string(),
  status: z.string(),
  currency: z.string().default(''),
  amount: z.object({ total: z.int(), cancelled: z.int().default(0) }).default({ total: 0, cancelled: 0 }),
})
const PaymentPage = z.object({ items: z.array(z.object({ payment: Payment, cursor: z.string() })) })
const Failure = z.object({ type: z.string() })

/** PortOne's V2 API. `http` is the network, or whoever plays PortOne on a developer's machine. */
export function portOne(options: {
  http: Pick<Fetcher, 'fetch'>
  storeId: string
  apiSecret: string
}): PaymentProvider {
  const { storeId } = options

  async function ask(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; json: unknown }> {
    const reply = await options.http.fetch(`${ORIGIN}${path}`, {
      method,
      headers: { authorization: `PortOne ${options.apiSecret}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    return { status: reply.status, json: await reply.json().catch(() => null) }
  }
  const pathOf = (paymentId: string) => `/payments/${encodeURIComponent(paymentId)}`

  return {
    async preRegister(paymentId, amount) {
      const body = { storeId, totalAmount: amount, currency: 'KRW' }
      const { status } = await ask('POST', `${pathOf(paymentId)}/pre-register`, body)
      if (status >= 300) throw new Error(`payment provider answered ${status} to a registration`)
    },

    async read(paymentId) {
      const { status, json } = await ask('GET', `${pathOf(paymentId)}?storeId=${encodeURIComponent(storeId)}`)
      if (status === 404) return null
      if (status !== 200) throw new Error(`payment provider answered ${status} to a question`)
      return paymentOf(Payment.parse(json))
    },

    async cancel(paymentId, reason) {
      const { status, json } = await ask('POST', `${pathOf(paymentId)}/cancel`, { storeId, reason })
      if (status < 300 || typeOf(json) === 'PAYMENT_ALREADY_CANCELLED') return
      throw new Error(`payment provider answered ${status} to a cancellation`)
    },

    async between(fromMs, untilMs, most) {
      const found: ProviderPayment[] = []
      let cursor: string | undefined
      while (found.length < most) {
        const asked = { storeId, from: toIso(fromMs), until: toIso(untilMs), cursor, size: PAGE_SIZE }
        const query = new URLSearchParams({ requestBody: JSON.stringify(asked) })
        const { status, json } = await ask('GET', `/payments-by-cursor?${query}`)
        if (status !== 200) throw new Error(`payment provider answered ${status} to a list`)
        const { items } = PaymentPage.parse(json)
        found.push(...items.map(({ payment }) => paymentOf(payment)))
        cursor = items.at(-1)?.cursor
        if (items.length < PAGE_SIZE) break
      }
      return found.slice(0, most)
    },
  }
}

const typeOf = (json: unknown): string | undefined => Failure.safeParse(json).data?.type

const paymentOf = ({ id, storeId, status, currency, amount }: z.infer<typeof Payment>): ProviderPayment => ({
  id,
  storeId,
  // Ready, pending, a virtual account: not paid yet, whatever it is called.
  status: STATUSES[status] ?? 'waiting',
  total: amount.total,
  currency,
  cancelled: amount.cancelled,
})
