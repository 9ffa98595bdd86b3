import { describe, expect, it } from 'vitest'
import { partsOf } from './links.ts'

const linksIn = (text: string) => partsOf(text, 'madang.example').filter((part) => part.kind === 'link')

describe('links in a message', () => {
  it('are the addresses, without the sentence around them', () => {
    expect(partsOf('여기예요: https://a.example/x. 봐 주세요', 'madang.example')).toEqual([
      { kind: 'words', text: '여기예요: ' },
      {
        kind: 'link',
        text: 'https://a.example/x',
        href: 'https://a.example/x',
        host: 'a.example',
        isOurs: false,
      },
      { kind: 'words', text: '. 봐 주세요' },
    ])
  })

  it('tell the host they really lead to', () => {
    expect(linksIn('https://madang.example@evil.example/pay')[0]?.host).toBe('evil.example')
    expect(linksIn('https://mаdang.example/pay')[0]?.host).toMatch(/^xn--/)
  })

  it('know our own pages', () => {
    expect(linksIn('https://madang.example/listings/1')[0]?.isOurs).toBe(true)
  })

  it('are never anything that runs', () => {
    expect(linksIn('javascript:alert(1) data:text/html,x <img src=x onerror=alert(1)>')).toEqual([])
  })

  it('leave every other letter of the text as it is', () => {
    for (const text of ['', 'www.', '안녕하세요', 'a http://b.example c www.d.example e', 'https://'])
      expect(
        partsOf(text, 'x')
          .map((part) => part.text)
          .join(''),
      ).toBe(text)
  })
})
