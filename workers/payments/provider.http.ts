import type { PaymentsEnv } from './env.ts'

/** The network, or whoever plays the provider and the bank on a developer's machine. */
export const outsideOf = (env: PaymentsEnv): Pick<Fetcher, 'fetch'> =>
  env.PROVIDER_HTTP ?? {
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
  }
