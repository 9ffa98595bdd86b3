/** PortOne's browser SDK, which only this page's policy lets in (hooks.server.ts). */
export const SDK_ORIGIN = 'https://cdn.portone.io'
const SDK = `${SDK_ORIGIN}/v2/browser-sdk.js`

type Shop = { storeId: string; channelKey: string }
type Order = { paymentId: string; orderName: string; totalAmount: number; redirectUrl: string }
type PortOne = { requestPayment(request: object): Promise<unknown> }

/** Opens the provider's window and waits until it is closed; false when it could not be loaded. */
export async function openCheckout(shop: Shop, order: Order): Promise<boolean> {
  const sdk = await load()
  if (sdk === null) return false
  const request = { ...shop, ...order, currency: 'CURRENCY_KRW', payMethod: 'CARD' }
  await sdk.requestPayment(request).catch(() => undefined)
  return true
}

const isSdk = (value: unknown): value is PortOne =>
  typeof value === 'object' && value !== null && 'requestPayment' in value
const loaded = (): PortOne | null => {
  const found: unknown = Reflect.get(globalThis, 'PortOne')
  return isSdk(found) ? found : null
}

function load(): Promise<PortOne | null> {
  const already = loaded()
  if (already) return Promise.resolve(already)
  return new Promise((done) => {
    const script = document.createElement('script')
    script.src = SDK
    script.onload = () => done(loaded())
    script.onerror = () => {
      // The next try loads it anew.
      script.remove()
      done(null)
    }
    document.head.append(script)
  })
}
