import { z } from 'zod'
import { binding } from '#kit/env'
import type { BankDesk } from './bank-desk.ts'
import type { PayDesk } from './pay-desk.ts'

const PayEnv = z.object({
  PAY_DESK: binding<DurableObjectNamespace<PayDesk>>(),
  BANK_DESK: binding<DurableObjectNamespace<BankDesk>>(),
  EDGE: binding<Fetcher>(),
  PORTONE_API_SECRET: z.string().min(16),
  PORTONE_WEBHOOK_SECRET: z.string().min(24),
  TOSS_SECRET_KEY: z.string().min(16),
  TOSS_SECURITY_KEY: z.string().regex(/^[0-9a-f]{64}$/),
})
type PayEnv = z.infer<typeof PayEnv>

/** What the provider's and the bank's stand-ins need; the mailbox runs without it, as in tests of identity alone. */
export const payEnvOf = (env: object): PayEnv => PayEnv.parse(env)

export const payDeskOf = (env: object): DurableObjectStub<PayDesk> =>
  payEnvOf(env).PAY_DESK.getByName('everyone')

export const bankDeskOf = (env: object): DurableObjectStub<BankDesk> =>
  payEnvOf(env).BANK_DESK.getByName('everyone')
