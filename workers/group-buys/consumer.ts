import type { Handlers } from '#kit/consume'

/** What group-buys does with each fact it hears: nothing yet. */
export const handlersOf = (): Handlers => ({})
