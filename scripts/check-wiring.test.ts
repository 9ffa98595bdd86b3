import { describe, expect, test } from 'vitest'
import { checkWiring } from './check-wiring.ts'
import type { WiredWorker, Wiring } from './wiring.ts'
import { WranglerToml } from './workers.ts'

/** A wiring of three workers: the edge, one that writes a fact, one that hears it and owns an object. */
function soundWiring(): Wiring {
  return {
    workers: [
      worker('edge', {
        services: [
          { binding: 'LISTINGS', service: 'madang-listings' },
          { binding: 'SEARCH_RPC', service: 'madang-search', entrypoint: 'SearchRpc' },
        ],
      }),
      worker('listings', {
        workers_dev: false,
        queues: { producers: [{ binding: 'SEARCH_INBOX', queue: 'madang-search-inbox' }], consumers: [] },
        d1_databases: [
          {
            binding: 'DB',
            database_name: 'madang-listings',
            database_id: 'madang-listings',
            migrations_dir: 'm',
          },
        ],
      }),
      worker('search', {
        workers_dev: false,
        queues: {
          producers: [],
          consumers: [
            { queue: 'madang-search-inbox', dead_letter_queue: 'madang-search-dead' },
            { queue: 'madang-search-dead' },
          ],
        },
        durable_objects: { bindings: [{ name: 'TALLY', class_name: 'Tally' }] },
        migrations: [{ tag: 'v1', new_sqlite_classes: ['Tally'] }],
      }),
    ],
    routes: [['/api/v1/listings', 'LISTINGS']],
    subscriptions: { 'listing.posted': ['search'] },
    producers: { 'listing.posted': 'listings' },
  }
}

function worker(domain: string, toml: object): WiredWorker {
  return {
    domain,
    toml: WranglerToml.parse({
      name: `madang-${domain}`,
      main: 'index.ts',
      compatibility_date: '2026-11-01',
      ...toml,
    }),
    exports: { names: new Set(domain === 'search' ? ['SearchRpc', 'Tally'] : []), hasDefault: true },
    paths: domain === 'listings' ? ['/api/v1/listings/{id}'] : [],
    migrations: domain === 'listings' ? { DB: ['0001_platform.sql', '0002_listings.sql'] } : {},
  }
}

/** The sound wiring with one worker's toml or surroundings changed. */
function changed(domain: string, change: (worker: WiredWorker) => WiredWorker): Wiring {
  const wiring = soundWiring()
  return { ...wiring, workers: wiring.workers.map((one) => (one.domain === domain ? change(one) : one)) }
}
const withToml = (domain: string, toml: Partial<WranglerToml>): Wiring =>
  changed(domain, (one) => ({ ...one, toml: { ...one.toml, ...toml } }))
const inbox = { queue: 'madang-search-inbox', dead_letter_queue: 'madang-search-dead' }

describe('the wiring checker', () => {
  test('finds nothing where the tables and every wrangler.toml agree', () => {
    expect(checkWiring(soundWiring())).toEqual([])
  })

  test.each<[string, Wiring, string]>([
    [
      'a binding to a worker that is not there',
      withToml('edge', { services: [{ binding: 'LISTINGS', service: 'madang-listing' }] }),
      'no wrangler.toml is called',
    ],
    [
      'an entrypoint nobody exports',
      withToml('edge', {
        services: [
          { binding: 'LISTINGS', service: 'madang-listings' },
          { binding: 'SEARCH_RPC', service: 'madang-search', entrypoint: 'SearchApi' },
        ],
      }),
      'wants SearchApi',
    ],
    [
      'a fact whose writer cannot reach its hearer',
      withToml('listings', { queues: { producers: [], consumers: [] } }),
      'has no producer SEARCH_INBOX',
    ],
    [
      'a producer for a queue that hears nothing from it',
      { ...soundWiring(), subscriptions: { 'listing.posted': [] } },
      'hears nothing from it',
    ],
    [
      'a hearer without its inbox',
      withToml('search', { queues: { producers: [], consumers: [{ queue: 'madang-search-dead' }] } }),
      'does not consume madang-search-inbox',
    ],
    [
      'an inbox without a dead-letter queue',
      withToml('search', {
        queues: { producers: [], consumers: [{ queue: inbox.queue }, { queue: 'madang-search-dead' }] },
      }),
      'an event would be lost',
    ],
    [
      'dead letters nobody keeps',
      withToml('search', { queues: { producers: [], consumers: [inbox] } }),
      'dead letters would vanish',
    ],
    [
      'an object no migration creates',
      withToml('search', { migrations: [] }),
      'creates the Durable Object Tally',
    ],
    [
      'an object its module does not export',
      changed('search', (one) => ({ ...one, exports: { names: new Set(['SearchRpc']), hasDefault: true } })),
      'does not export Tally',
    ],
    [
      'a database without migrations',
      changed('listings', (one) => ({ ...one, migrations: { DB: null } })),
      'has no migrations folder',
    ],
    [
      'two migrations with one number',
      changed('listings', (one) => ({ ...one, migrations: { DB: ['0001_a.sql', '0001_b.sql'] } })),
      'the same number',
    ],
    [
      'a database two workers bind',
      withToml('search', {
        d1_databases: [{ binding: 'DB', database_name: 'madang-listings', database_id: 'madang-listings' }],
      }),
      'by more than its owner',
    ],
    [
      'a domain open to the internet',
      withToml('search', { workers_dev: true }),
      'can be reached from outside',
    ],
    [
      'compatibility dates that differ',
      withToml('search', { compatibility_date: '2026-10-01' }),
      'compatibility_date differs',
    ],
    [
      'a route to a binding that is not there',
      { ...soundWiring(), routes: [['/api/v1/listings', 'LISTING']] },
      'is no service binding',
    ],
    [
      'a documented path the table sends elsewhere',
      changed('search', (one) => ({ ...one, paths: ['/api/v1/listings/near'] })),
      'the routing table sends it to LISTINGS',
    ],
    [
      'a subscription of a domain that is not there',
      { ...soundWiring(), subscriptions: { 'listing.posted': ['search', 'chat'] } },
      'which is no worker',
    ],
    [
      'a fact nobody writes',
      { ...soundWiring(), subscriptions: { 'listing.posted': ['search'], 'listing.sold': [] } },
      'written by nobody',
    ],
  ])('catches %s', (_what, wiring, problem) => {
    expect(
      checkWiring(wiring)
        .map((found) => found.problem)
        .join('\n'),
    ).toContain(problem)
  })
})
