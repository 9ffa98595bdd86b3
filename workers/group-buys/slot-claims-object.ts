import { slotClaimsClass } from '#do/slot-claims/index'
import { readEnv } from '#kit/env'
import { flushClaims } from './claim.flush.service.ts'
import { holdMoney, releaseMoney } from './claim.money.service.ts'
import { GroupBuysEnv } from './env.ts'

/** One group buy's units, whose storage is the truth about who has how many (durable-objects/slot-claims). */
export const SlotClaims = slotClaimsClass((raw) => readEnv(GroupBuysEnv, raw), {
  hold: holdMoney,
  release: releaseMoney,
  flush: flushClaims,
})
