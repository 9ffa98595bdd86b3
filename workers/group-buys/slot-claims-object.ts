import { DurableObject } from 'cloudflare:workers'

/** One group buy's units. */
export class SlotClaims extends DurableObject {}
