import type { Claim, Coupon } from '#contracts/coupons'
import type { ErrorCode } from '#contracts/errors'
import type { Page } from '#contracts/page'
import { call, get, query, type Reply, type Trouble } from '$lib/api/client.ts'
import { isUnsure } from '$lib/wallet/once.svelte.ts'
import { claimKey, forgetClaimKey, keepReceipt } from './receipts.ts'
import type { CampaignWatch } from './watch.svelte.ts'

export type Outcome =
  | { kind: 'none' }
  | { kind: 'asking' }
  | { kind: 'won'; claim: Claim }
  | { kind: 'refused'; code: ErrorCode; trouble: Trouble }
  | { kind: 'unsure' }

/** Our guess of the server's second may be early by so much: within it, "not open yet" is asked again instead of shown. */
const CLOCKS_DIFFER_MS = 1_500
const ASK_AGAIN_MS = 150
const COUPON_STATES = ['usable', 'held', 'used', 'expired'] as const

/** Asking for one coupon of the day. A double click, a lost answer and a reload all ask with the same key: one coupon, one answer. */
export class Claiming {
  outcome = $state.raw<Outcome>({ kind: 'none' })

  async ask(watch: CampaignWatch, memberId: string): Promise<void> {
    if (this.outcome.kind === 'asking') return
    this.outcome = { kind: 'asking' }
    const { id, day } = watch.pulse
    const key = claimKey(memberId, id, day)
    const reply = await this.#asked(watch, key)
    if (reply.ok) {
      keepReceipt(memberId, reply.value)
      this.outcome = { kind: 'won', claim: reply.value }
    } else if (reply.trouble.kind !== 'refusal' || isUnsure(reply.trouble)) {
      this.outcome = { kind: 'unsure' }
      return
    } else {
      this.outcome = { kind: 'refused', code: reply.trouble.problem.code, trouble: reply.trouble }
    }
    forgetClaimKey(memberId, id, day)
    await watch.look()
  }

  async #asked(watch: CampaignWatch, key: string): Promise<Reply<Claim>> {
    for (;;) {
      const path = `/coupons/campaigns/${watch.pulse.id}/claims`
      const reply = await call<Claim>(fetch, 'POST', path, { idempotencyKey: key })
      const code = !reply.ok && reply.trouble.kind === 'refusal' ? reply.trouble.problem.code : null
      const sinceOpenMs = watch.exactlyNowMs() - Date.parse(watch.pulse.opensAt)
      if (code !== 'COUPON_NOT_OPEN' || sinceOpenMs < 0 || sinceOpenMs > CLOCKS_DIFFER_MS) return reply
      await new Promise((passed) => setTimeout(passed, ASK_AGAIN_MS))
    }
  }
}

/** This member's coupons of a campaign's day, whatever became of them. */
export async function mineOf(fetcher: typeof fetch, campaignId: string, day: string): Promise<Coupon[]> {
  const pages = await Promise.all(
    COUPON_STATES.map((state) => get<Page<Coupon>>(fetcher, `/me/coupons${query({ state, limit: 50 })}`)),
  )
  return pages
    .flatMap((page) => (page.ok ? page.value.items : []))
    .filter((coupon) => coupon.campaignId === campaignId && coupon.day === day)
}
