import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import { inDependencyOrder, productionToml, standInMarkers } from './deploy-config.ts'

test('A production wrangler.toml binds no stand-ins, turns their define off and keeps the rest', () => {
  const made = parse(
    productionToml(
      [
        'name = "madang-identity"',
        '[define]',
        'MADANG_STAND_INS = "true"',
        '[[services]]',
        'binding = "MAIL_HTTP"',
        'service = "madang-stand-ins"',
        '[[services]]',
        'binding = "MEDIA"',
        'service = "madang-media"',
        'entrypoint = "MediaRpc"',
      ].join('\n'),
    ),
  )
  expect(made).toEqual({
    name: 'madang-identity',
    minify: true,
    define: { MADANG_STAND_INS: 'false' },
    services: [{ binding: 'MEDIA', service: 'madang-media', entrypoint: 'MediaRpc' }],
  })
})

test('Stand-in code in a bundle is found; a comment about it is not code', () => {
  expect(standInMarkers("app.post('/dev/members', make)")).toEqual(['/dev/members'])
  expect(standInMarkers('// the stand-in of /dev/mail\nserve()')).toEqual([])
})

test('Workers are deployed after those they bind to, and a ring does not stop it', () => {
  const order = inDependencyOrder([
    { name: 'edge', needs: ['listings', 'web'] },
    { name: 'listings', needs: ['identity'] },
    { name: 'web', needs: ['edge'] },
    { name: 'identity', needs: [] },
  ])
  expect(order).toEqual(['identity', 'listings', 'web', 'edge'])
})
