import { z } from 'zod'
import type { ChargeId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import { Charge, Incident, Payout, Wallet, WalletEntry } from '#contracts/payments'
import type { PaymentsApi } from '#contracts/payments.api'
import { newOperator, openPlatform, type Reply, type SignedUp, unique } from '../../support/platform.ts'

/** The whole platform with the provider and the bank played by the stand-ins, as a member and a stranger to the API meet it. */
export async function openPurse() {
  const platform = await openPlatform()
  const operator = await newOperator(platform)
  const paymentsDb = (await platform.server.getWorker<{ DB: D1Database }>('madang-payments').getEnv()).DB

  /** Payments' RPC, as trades has it. */
  const trades = platform.server.getWorker<{ PAYMENTS: Service<PaymentsApi> }>('madang-trades')
  const { PAYMENTS } = await trades.getEnv()

  const post = (member: SignedUp, path: string, json?: unknown, key = unique('k')): Promise<Reply> =>
    platform.call('POST', path, {
      token: member.accessToken,
      idempotencyKey: key,
      ...(json === undefined ? {} : { json }),
    })
  const read = (member: SignedUp, path: string, headers: Record<string, string> = {}): Promise<Reply> =>
    platform.call('GET', path, { token: member.accessToken, headers })

  async function begin(member: SignedUp, amount: number): Promise<Charge> {
    const begun = await post(member, 'wallet/charges', { amount })
    if (begun.status !== 201) throw new Error(`no charge: ${begun.status} ${begun.text}`)
    return Charge.parse(begun.json)
  }
  /** What a payer does on the provider's page. */
  const at = (charge: Charge, act: 'approve' | 'decline' | 'cancel' | 'close') =>
    platform.call('POST', `${new URL(charge.checkoutUrl ?? '').pathname}/${act}`, {
      headers: { accept: 'application/json' },
    })
  const confirm = (member: SignedUp, id: ChargeId, key?: string) =>
    post(member, `wallet/charges/${id}/confirm`, undefined, key)

  /** Money in the wallet, the way members come by it. */
  async function topUp(member: SignedUp, amount: number): Promise<Charge> {
    const charge = await begin(member, amount)
    await at(charge, 'approve')
    const confirmed = await confirm(member, charge.id)
    if (confirmed.status !== 200) throw new Error(`not credited: ${confirmed.status} ${confirmed.text}`)
    return charge
  }

  const chargeOf = async (member: SignedUp, id: ChargeId) =>
    Charge.parse((await read(member, `wallet/charges/${id}`)).json)
  const walletOf = async (member: SignedUp) => Wallet.parse((await read(member, 'wallet')).json)
  const entriesOf = async (member: SignedUp, query = '') =>
    pageOf(WalletEntry).parse((await read(member, `wallet/entries${query}`)).json)
  const payoutOf = async (member: SignedUp, id: string) =>
    Payout.parse((await read(member, `wallet/payouts/${id}`)).json)

  const provider = (json: object) => platform.call('POST', '/dev/pay/behaviour', { json })
  const bank = (json: object) => platform.call('POST', '/dev/bank/behaviour', { json })
  /** A webhook of the test's own making; answers the status it met. */
  const webhook = async (json: object) =>
    WebhookSent.parse((await platform.call('POST', '/dev/pay/webhooks', { json })).json)
  const sentTo = async (number: string) =>
    BankPayouts.parse((await platform.call('GET', `/dev/bank/payouts?number=${number}`)).json).items

  const incidents = async () => {
    const path = 'operator/payments/incidents?state=open&limit=50'
    const reply = await platform.call('GET', path, { token: operator.accessToken })
    return pageOf(Incident).parse(reply.json).items
  }
  const incidentsAbout = async (aggregate: string) =>
    (await incidents()).filter((incident) => incident.aggregate === aggregate)

  return {
    ...{
      platform,
      db: paymentsDb,
      post,
      read,
      begin,
      at,
      confirm,
      topUp,
      chargeOf,
      walletOf,
      entriesOf,
      payoutOf,
    },
    ...{ provider, bank, webhook, sentTo, incidentsAbout, PAYMENTS },
    newcomer: () => platform.signUp(),
    tick: platform.tick,
  }
}
export type Purse = Awaited<ReturnType<typeof openPurse>>

const WebhookSent = z.object({ id: z.string(), status: z.int() })
const BankPayouts = z.object({
  items: z.array(z.object({ status: z.string(), amount: z.object({ value: z.int() }) })),
})
const Coded = z.object({ code: z.string() })
/** The code of a refusal. */
export const codeOf = (reply: Reply): string | undefined => Coded.safeParse(reply.json).data?.code
