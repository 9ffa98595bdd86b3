import { DurableObject } from 'cloudflare:workers'

/** One day of one campaign: who was first. */
export class CouponCounter extends DurableObject {}
