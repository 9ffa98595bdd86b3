import { nowMs } from '#kit/clock'
import type { Handlers } from '#kit/consume'
import type { PaymentsEnv } from './env.ts'
import { closeStatements } from './pin.store.ts'

/** What payments does with the fact it hears: nobody sends to who has left, and their PIN goes. Told again it changes nothing. */
export const handlersOf = (env: Pick<PaymentsEnv, 'DB'>): Handlers => ({
  'member.withdrawn': ({ data }) => ({ statements: closeStatements(env.DB, data.memberId, nowMs()) }),
})
