import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { townOf } from './demo-town/town.ts'
import { say } from './progress.ts'
import { signIn } from './seed-api.ts'
import { seedCampaigns } from './seed-coupons.ts'
import { seedMoney } from './seed-money.ts'
import { seedMembers, seedTown } from './seed-town.ts'

/** The town's own number: another one would be another town. */
const TOWN_SEED = 20_261_121

/** Demo accounts of a development machine; nothing of this exists in a production deployment. */
export const ACCOUNTS = [
  { loginId: 'minji', password: 'madang-demo-1', role: 'member' },
  { loginId: 'junho', password: 'madang-demo-1', role: 'member' },
  { loginId: 'seoyeon', password: 'madang-demo-1', role: 'member' },
  { loginId: 'operator', password: 'madang-operator-1', role: 'operator' },
] as const

/**
 * Fills a state that has never been filled: the operator, and with `demo` the town. The mark is written last, and every
 * step is noted as it is done, so a start that was cut short goes on where it stopped.
 */
export async function seedWhenEmpty(options: {
  origin: string
  stateDir: string
  town: 'demo' | 'empty'
}): Promise<void> {
  const mark = join(options.stateDir, 'seeded')
  if (existsSync(mark)) return
  const startedAt = performance.now()
  const operator = {
    loginId: 'operator',
    password: 'madang-operator-1',
    nickname: '마당지기',
    email: 'operator@madang.example',
    role: 'operator' as const,
  }
  await seedMembers(options.origin, [operator])
  if (options.town === 'demo') {
    const seeding = await seedTown({
      origin: options.origin,
      town: townOf(TOWN_SEED),
      password: ACCOUNTS[0].password,
      journal: join(options.stateDir, 'seed.journal'),
      progress: say,
    })
    const operatorToken = await signIn(options.origin, operator.loginId, operator.password)
    const campaignId = await seedCampaigns(options.origin, operatorToken)
    await seedMoney({ ...seeding, origin: options.origin, operatorToken, campaignId })
    say(`· ${seeding.town.purchases.length} purchases`)
    say(`✓ Demo town (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
  }
  writeFileSync(mark, options.town)
}

/** What the state was filled with, or null when it never was. */
export const seededWith = (stateDir: string): string | null =>
  existsSync(join(stateDir, 'seeded')) ? readFileSync(join(stateDir, 'seeded'), 'utf8') : null
