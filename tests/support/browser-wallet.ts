import type { Person } from './browser-person.ts'

/** Puts money into the wallet of whoever is signed in on this page, through the provider's stand-in. */
export async function topUp({ page }: Person, amount: number): Promise<void> {
  await page.evaluate(`(async () => {
    const post = async (path, body) => {
      const headers = { accept: 'application/json', 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }
      const reply = await fetch(path, { method: 'POST', headers, ...(body ? { body: JSON.stringify(body) } : {}) })
      if (!reply.ok) throw new Error(path + ' answered ' + reply.status + ' ' + (await reply.text()))
      return await reply.json()
    }
    const { id, checkoutUrl } = await post('/api/v1/wallet/charges', { amount: ${amount} })
    await post(new URL(checkoutUrl, location.origin).pathname + '/approve', {})
    await post('/api/v1/wallet/charges/' + id + '/confirm')
  })()`)
}
