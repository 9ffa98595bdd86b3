import type { Handlers } from '#kit/consume'

/** What coupons does with each fact it hears: nothing yet. */
export const handlersOf = (): Handlers => ({})
