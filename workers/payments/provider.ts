import type { ChargeId } from '#contracts/ids'
import type { PaymentsEnv } from './env.ts'
import { outsideOf } from './provider.http.ts'
import { portOne } from './provider.portone.ts'

/** A payment as the provider itself says it stands; the only word on which money is credited. */
export type ProviderPayment = {
  id: string
  storeId: string
  status: 'waiting' | 'paid' | 'failed' | 'cancelled' | 'partly_cancelled'
  total: number
  currency: string
  /** How much of it was given back to the payer. */
  cancelled: number
}

/** Who takes members' money. Each call throws when the provider is out of reach or refuses us; the caller tries again later. */
export type PaymentProvider = {
  /** Fixes what is to be paid, so that the payer's browser cannot ask for another amount. Repeating it changes nothing. */
  preRegister(paymentId: ChargeId, amount: number): Promise<void>
  /** The payment as it stands; null when the provider knows none. */
  read(paymentId: ChargeId): Promise<ProviderPayment | null>
  /** Gives the whole payment back to the payer. One that was given back already stays so. */
  cancel(paymentId: ChargeId, reason: string): Promise<void>
  /** The payments made within these times, as the audit compares them; at most `most`. */
  between(fromMs: number, untilMs: number, most: number): Promise<ProviderPayment[]>
}

/** The provider of this deployment. */
export const providerOf = (env: PaymentsEnv): PaymentProvider =>
  portOne({ http: outsideOf(env), storeId: env.PORTONE_STORE_ID, apiSecret: env.PORTONE_API_SECRET })
