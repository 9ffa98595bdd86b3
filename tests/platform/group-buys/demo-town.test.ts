import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GroupBuyCard } from '#contracts/group-buys'
import { pageOf } from '#contracts/page'
import { townOf } from '../../../scripts/demo-town/town.ts'
import { GROUP_BUYS } from '../../../scripts/demo-town/words/group-buys.ts'
import { openJournal } from '../../../scripts/journal.ts'
import { apiOf, at, inLanes, post, signIn } from '../../../scripts/seed-api.ts'
import { seedGroupBuys } from '../../../scripts/seed-group-buys.ts'
import { eventually, type OwnPlatform, startPlatform } from '../../support/platform.ts'

const PASSWORD = 'maple-Yard-77-quiet'
let platform: OwnPlatform
let stateDir: string
beforeAll(async () => {
  platform = await startPlatform()
  stateDir = mkdtempSync(join(tmpdir(), 'madang-seed-'))
})
afterAll(async () => {
  rmSync(stateDir, { recursive: true, force: true })
  await platform.close()
})

describe('the demo town', () => {
  it('buys together: each group buy is open with who is in it, and going through it again opens none anew', async () => {
    const origin = (await platform.server.listen()).url.href.replace(/\/$/, '')
    const town = townOf(20_261_121)
    const tokens = new Map<number, string>()
    const needed = [
      ...new Set(GROUP_BUYS.flatMap(({ host, joined }) => [host, ...joined.map(({ member }) => member)])),
    ]
    await inLanes(needed, async (index) => {
      const { loginId, nickname, email } = at(town.members, index)
      await post(`${origin}/dev/members`, { loginId, nickname, email, password: PASSWORD })
      tokens.set(index, await signIn(origin, loginId, PASSWORD))
    })
    const api = apiOf(`${origin}/api/v1`, (member) => tokens.get(member) ?? '')
    for (let time = 0; time < 2; time++)
      await seedGroupBuys({ origin, api, journal: openJournal(join(stateDir, 'journal')), town })
    await eventually(async () => {
      const { items } = pageOf(GroupBuyCard).parse((await platform.call('GET', 'group-buys?limit=50')).json)
      const shown = new Map(items.map(({ title, members, filledUnits }) => [title, [members, filledUnits]]))
      expect(items).toHaveLength(GROUP_BUYS.length)
      for (const { title, hostUnits, joined } of GROUP_BUYS)
        expect([title, shown.get(title)]).toEqual([
          title,
          [joined.length, joined.reduce((sum, { units }) => sum + units, hostUnits)],
        ])
      expect(items.every(({ images, state }) => images.length === 1 && state === 'recruiting')).toBe(true)
    })
  })
})
