import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { MemberId } from '#contracts/ids'
import { auditHash, FIRST_HASH } from '../../../workers/moderation/audit-chain.ts'
import type { SignedUp } from '../../support/platform.ts'
import { codeOf, openYard, type Yard } from './yard.ts'

let yard: Yard
let seller: SignedUp
let neighbour: SignedUp

beforeAll(async () => {
  yard = await openYard()
  seller = await yard.signUp()
  neighbour = await yard.signUp()
})

const Lines = z.object({
  items: z.array(z.object({ act: z.string(), subject: z.string(), operatorId: z.string() })),
  nextCursor: z.string().nullable(),
})
const Row = z.object({
  seq: z.int(),
  atMs: z.int(),
  operatorId: MemberId,
  act: z.string(),
  subject: z.string(),
  detail: z.string(),
  previousHash: z.string(),
  hash: z.string(),
})

async function rows(): Promise<z.infer<typeof Row>[]> {
  const { results } = await (await yard.db())
    .prepare(
      `SELECT seq, at_ms AS atMs, operator_id AS operatorId, act, subject, detail, previous_hash AS previousHash, hash
       FROM audit ORDER BY seq`,
    )
    .all()
  return results.map((row) => Row.parse(row))
}

/** The first row whose hash does not follow from what it says and the row before; null when the chain is whole. */
function brokenAt(log: z.infer<typeof Row>[]): number | null {
  let [seq, previous] = [1, FIRST_HASH]
  for (const row of log) {
    const follows = row.seq === seq && row.previousHash === previous
    if (!follows || row.hash !== auditHash(row.seq, row, previous)) return row.seq
    ;[seq, previous] = [seq + 1, row.hash]
  }
  return null
}

describe('the audit log', () => {
  it('has every look and every act, the newest first, and pages', async () => {
    const listingId = await yard.post(seller)
    const caseId = await yard.caseOf(neighbour, { kind: 'listing', listingId })
    await yard.read(`operator/cases/${caseId}`, yard.operator.token)
    await yard.decide(caseId, { act: 'hide' })
    const first = Lines.parse((await yard.read('operator/audit?limit=1', yard.operator.token)).json)
    expect(first.items).toMatchObject([
      { act: 'hide', subject: `listing:${listingId}`, operatorId: yard.operator.id },
    ])
    const second = await yard.read(`operator/audit?limit=1&cursor=${first.nextCursor}`, yard.operator.token)
    expect(Lines.parse(second.json).items).toMatchObject([{ act: 'look', subject: `listing:${listingId}` }])
  })

  it('is one whole chain, also when operators act at once', async () => {
    const caseId = await yard.caseOf(neighbour, { kind: 'listing', listingId: await yard.post(seller) })
    const looks = await Promise.all(
      Array.from({ length: 6 }, () => yard.read(`operator/cases/${caseId}`, yard.operator.token)),
    )
    expect(looks.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    expect(brokenAt(await rows())).toBeNull()
  })

  it('can be neither changed nor shortened, and shows it when somebody did so behind its back', async () => {
    const db = await yard.db()
    await expect(db.prepare("UPDATE audit SET detail = 'x'").run()).rejects.toThrow('never changed')
    await expect(db.prepare('DELETE FROM audit').run()).rejects.toThrow('never shortened')
    const log = await rows()
    expect(brokenAt(log)).toBeNull()
    expect(brokenAt(log.map((row) => (row.seq === 2 ? { ...row, detail: 'x' } : row)))).toBe(2)
    expect(brokenAt(log.filter(({ seq }) => seq !== 2))).toBe(3)
  })
})

describe('what operators do', () => {
  it('is closed to members and guests, who learn nothing of what is there', async () => {
    const caseId = await yard.caseOf(neighbour, { kind: 'listing', listingId: await yard.post(seller) })
    const verdict = { act: 'dismiss', rule: 'other', reason: '아무것도 아니에요' }
    const absent = `rpt_${'0'.repeat(26)}`
    const asks: [string, string, object?][] = [
      ['GET', 'operator/cases'],
      ['GET', `operator/cases/${caseId}`],
      ['GET', `operator/cases/${absent}`],
      ['POST', `operator/cases/${caseId}/decision`, verdict],
      [
        'POST',
        `operator/appeals/apl_${'0'.repeat(26)}/decision`,
        { outcome: 'uphold', answer: '그대로예요' },
      ],
      ['GET', 'operator/audit'],
    ]
    for (const [method, path, json] of asks) {
      const asked = json ? { json } : {}
      const member = await yard.call(method, path, { token: neighbour.accessToken, ...asked })
      const guest = await yard.call(method, path, asked)
      expect([path, codeOf(member), guest.status]).toEqual([path, 'FORBIDDEN', 401])
    }
  })
})
