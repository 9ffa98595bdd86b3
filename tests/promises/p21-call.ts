import type { Domain } from '#contracts/subscriptions'
import type { Reply } from '../support/platform.ts'

/**
 * What people do on the platform, one or more calls of every domain, and which other domains each of them cannot do without.
 * What it asks about is made before anything stops.
 */
export type Call = {
  domain: Domain
  what: string
  /** The domains, beside its own, without which it is refused. */
  needs?: readonly Domain[]
  /** The domains without which it is taken on, and finished once they are back. */
  waitsFor?: readonly Domain[]
  /** Costs too much to be shown going on in every outage: only where it is refused. */
  isCostly?: boolean
  ready: () => Promise<Ready>
}
export type Ready = {
  ask: (key: string) => Promise<Reply>
  /** How many times its effect is there. */
  effects?: () => Promise<number>
  /** Whether what was taken on has been finished. */
  isDone?: () => Promise<boolean>
}

/** A call that needs nothing made for it. */
export const plain = (ask: Ready['ask']) => async (): Promise<Ready> => ({ ask })
