import { createECDH, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { areKeysWellFormed, endpointOf, labelOf } from './endpoint.rules.ts'

const STAND_IN = { host: 'push.madang.example', path: '/dev/push/' }

describe('the endpoint of a push subscription', () => {
  it.each([
    'https://fcm.googleapis.com/fcm/send/abc:def',
    'https://updates.push.services.mozilla.com/wpush/v2/gAAAA',
    'https://web.push.apple.com/QGx',
    'https://api.push.apple.com/3/device/x',
    'https://wns2-par02p.notify.windows.com/w/?token=abc',
  ])('is taken when it is a push service’s: %s', (endpoint) => {
    expect(endpointOf(endpoint, null)).toEqual({ href: endpoint, host: new URL(endpoint).hostname })
  })

  it.each([
    'http://fcm.googleapis.com/fcm/send/abc',
    'https://fcm.googleapis.com:8443/fcm/send/abc',
    'https://fcm.googleapis.com@127.0.0.1/x',
    'https://user:pass@fcm.googleapis.com/x',
    'https://fcm.googleapis.com.evil.example/x',
    'https://evilfcm.googleapis.com/x',
    'https://fcm.googleapis.com./x',
    'https://fcm.googleapis.com/',
    'https://fcm.googleapis.com/x#y',
    'https://push.apple.com.evil.example/x',
    'https://xpush.apple.com/x',
    'https://notify.windows.com.example/x',
    'https://127.0.0.1/x',
    'https://2130706433/x',
    'https://0x7f.1/x',
    'https://[::1]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://localhost/x',
    'https://10.0.0.8/x',
    'https://169.254.169.254/latest/meta-data',
    'https://192.168.0.1/x',
    'https://push.madang.example/dev/push/x',
    'file:///etc/passwd',
    'not a url',
  ])('is refused when it is anybody else’s: %s', (endpoint) => {
    expect(endpointOf(endpoint, null)).toBeNull()
  })

  it('may be the stand-in’s where there is one, and nothing else of that host', () => {
    expect(endpointOf('https://push.madang.example/dev/push/x', STAND_IN)?.host).toBe(STAND_IN.host)
    for (const other of ['/dev/mail', '/dev/push/../mail', '/dev/pay/x'])
      expect(endpointOf(`https://push.madang.example${other}`, STAND_IN)).toBeNull()
  })
})

describe('the keys of a push subscription', () => {
  it('are a point of 65 bytes and a secret of 16', () => {
    const p256dh = createECDH('prime256v1').generateKeys().toString('base64url')
    const auth = randomBytes(16).toString('base64url')
    expect(areKeysWellFormed({ p256dh, auth })).toBe(true)
    expect(areKeysWellFormed({ p256dh: `${p256dh}=`, auth: `${auth}==` })).toBe(true)
    expect(areKeysWellFormed({ p256dh, auth: randomBytes(15).toString('base64url') })).toBe(false)
    expect(areKeysWellFormed({ p256dh: randomBytes(64).toString('base64url'), auth })).toBe(false)
    expect(areKeysWellFormed({ p256dh: '*', auth })).toBe(false)
  })
})

describe('a device that was given no name', () => {
  it('is called by its browser and system, as far as it says', () => {
    const phone = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36'
    expect(labelOf(phone, 'ko')).toBe('Chrome · Android')
    const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 15) AppleWebKit/605 Version/18 Safari/605'
    expect(labelOf(mac, 'ko')).toBe('Safari · Mac')
    expect(labelOf('curl/8', 'ko')).toBe('브라우저')
    expect(labelOf(undefined, 'en')).toBe('Browser')
  })
})
