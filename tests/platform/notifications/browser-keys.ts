import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import { z } from 'zod'
import { PushPayload } from '#contracts/notifications'

/** A browser's own keys and the subscription it would show (RFC 8291, §2), at an endpoint of the stand-in. */
export class PushingBrowser {
  readonly id = randomBytes(8).toString('hex')
  readonly #ecdh = createECDH('prime256v1')
  readonly #auth = randomBytes(16)
  readonly #publicKey: Buffer

  constructor() {
    this.#publicKey = this.#ecdh.generateKeys()
  }

  get subscription() {
    const keys = {
      p256dh: this.#publicKey.toString('base64url'),
      auth: this.#auth.toString('base64url'),
    }
    return { endpoint: `https://push.madang.example/dev/push/${this.id}`, keys }
  }

  /** What a message says: undone by the letter of RFC 8188 and 8291, with none of the sender's code. */
  opened(body: string): PushPayload {
    const message = Buffer.from(body, 'base64')
    const [salt, keyLength] = [message.subarray(0, 16), message[20] ?? 0]
    const [sender, sealed] = [message.subarray(21, 21 + keyLength), message.subarray(21 + keyLength)]
    const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), this.#publicKey, sender])
    const secret = Buffer.from(hkdfSync('sha256', this.#ecdh.computeSecret(sender), this.#auth, keyInfo, 32))
    const part = (info: string, bytes: number) =>
      Buffer.from(hkdfSync('sha256', secret, salt, `Content-Encoding: ${info}\0`, bytes))
    const cipher = createDecipheriv('aes-128-gcm', part('aes128gcm', 16), part('nonce', 12))
    cipher.setAuthTag(sealed.subarray(-16))
    const padded = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()])
    const end = padded.lastIndexOf(2)
    if (end < 0 || padded.subarray(end + 1).some((byte: number) => byte !== 0))
      throw new Error('no last record')
    return PushPayload.parse(JSON.parse(padded.subarray(0, end).toString('utf8')))
  }
}

const Claims = z.object({ aud: z.string(), exp: z.int(), sub: z.string() })
const Head = z.object({ typ: z.literal('JWT'), alg: z.literal('ES256') })

/** The claims of a VAPID header (RFC 8292) whose signature fits the key in it; throws when it does not. */
export function vapidOf(authorization: string | undefined) {
  const found = /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)$/.exec(authorization ?? '')
  const [, head = '', claims = '', signature = '', key = ''] = found ?? []
  const point = Buffer.from(key, 'base64url')
  const jwk = {
    ...{ kty: 'EC', crv: 'P-256' },
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const signer = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    signer,
    Buffer.from(signature, 'base64url'),
  )
  if (!isSigned) throw new Error('the signature does not fit the key')
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  Head.parse(read(head))
  return { key, claims: Claims.parse(read(claims)) }
}
