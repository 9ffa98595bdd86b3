import fc from 'fast-check'
import type { MemberId } from '#contracts/ids'
import { type OpenedRoom, textPosting } from './room-alone.ts'
import { type Client, connect } from './room-client.ts'

type Who = 'seller' | 'buyer'
export const WHO: readonly Who[] = ['seller', 'buyer']
const peerOf = (who: Who): Who => (who === 'seller' ? 'buyer' : 'seller')

/** What a room must answer, told by plain arithmetic. */
export type Model = {
  lastSeq: number
  lastRead: Record<Who, number>
  looking: Record<Who, boolean>
  closed: boolean
  /** Who must have been told of which message. */
  told: { seq: number; who: Who }[]
}
/** The room itself, with the sockets of those who look on. */
export type Real = { room: OpenedRoom; clients: Partial<Record<Who, Client>>; purgeAtMs: number }

export const freshModel = (): Model => ({
  lastSeq: 0,
  lastRead: { seller: 0, buyer: 0 },
  looking: { seller: false, buyer: false },
  closed: false,
  told: [],
})

export const idOf = ({ room }: Real, who: Who): MemberId => (who === 'seller' ? room.sellerId : room.buyerId)

type Step = fc.AsyncCommand<Model, Real>
const step = (name: string, check: (model: Model) => boolean, run: Step['run']): Step => ({
  check,
  run: async (model, real) => {
    await run(model, real)
    await expectAgreement(model, real)
  },
  toString: () => name,
})

const sends = (by: Who): Step =>
  step(
    `${by} sends`,
    () => true,
    async (model, real) => {
      const sent = await real.room.send(idOf(real, by), textPosting(`${by} at ${model.lastSeq}`))
      if (model.closed) {
        if (sent.ok || sent.refusal.code !== 'ROOM_CLOSED') throw new Error('a closed room took a message')
        return
      }
      if (!sent.ok) throw new Error(`refused: ${sent.refusal.code}`)
      model.lastSeq += 1
      model.lastRead[by] = model.lastSeq
      if (!model.looking[peerOf(by)]) model.told.push({ seq: model.lastSeq, who: peerOf(by) })
    },
  )

/** A read of an old message, of the last, or of one that is not there yet: `place` is a share of them. */
const reads = (by: Who, place: number): Step =>
  step(
    `${by} reads to ${place} % of what is there`,
    () => true,
    async (model, real) => {
      const seq = Math.round((model.lastSeq * place) / 100)
      await real.room.read(idOf(real, by), seq)
      model.lastRead[by] = Math.max(model.lastRead[by], Math.min(seq, model.lastSeq))
    },
  )

const looksOn = (by: Who): Step =>
  step(
    `${by} looks on`,
    (model) => !model.looking[by],
    async (model, real) => {
      const client = await connect(await real.room.socketUrl(idOf(real, by)))
      await client.heard('hello')
      real.clients[by] = client
      model.looking[by] = true
    },
  )

const looksAway = (by: Who): Step =>
  step(
    `${by} looks away`,
    (model) => model.looking[by],
    async (model, real) => {
      const client = real.clients[by]
      client?.close()
      await client?.ended
      model.looking[by] = false
    },
  )

const isEvicted = (): Step =>
  step(
    'the room is thrown out of memory',
    () => true,
    async (_model, { room }) => {
      await room.evict()
    },
  )

/** The listing goes, and its going is heard twice. */
const listingGoes = (): Step =>
  step(
    'the listing is deleted',
    (model) => model.lastSeq > 25,
    async (model, { room, purgeAtMs }) => {
      for (const _again of ['once', 'twice'])
        await room.note('evt-deleted', { kind: 'listing_deleted' }, { purgeAtMs })
      if (!model.closed) model.lastSeq += 1
      model.closed = true
    },
  )

/** Random sends, reads and comings, the end of the listing among them now and then. */
export const talks = (size: number) =>
  fc.commands(
    [
      fc.constantFrom(...WHO).map(sends),
      fc.constantFrom(...WHO).map(sends),
      fc
        .tuple(fc.constantFrom(...WHO), fc.integer({ min: 0, max: 150 }))
        .map(([by, place]) => reads(by, place)),
      fc
        .tuple(fc.constantFrom(...WHO), fc.integer({ min: 0, max: 150 }))
        .map(([by, place]) => reads(by, place)),
      fc.constantFrom(...WHO).map(looksOn),
      fc.constantFrom(...WHO).map(looksAway),
      fc.constant(isEvicted()),
      fc.constant(listingGoes()),
    ],
    { maxCommands: size, size: 'max' },
  )

/** After every step: unread is what came since the mark, and the mark is where the model has it. */
async function expectAgreement(model: Model, real: Real): Promise<void> {
  const page = await real.room.history(idOf(real, 'buyer'), { limit: 1 })
  if (!page.ok) throw new Error(page.refusal.code)
  const { lastSeq, reads } = page.value
  for (const who of WHO) {
    const mark = reads.find(({ memberId }) => memberId === idOf(real, who))?.seq ?? -1
    if (mark !== model.lastRead[who]) throw new Error(`${who}'s mark is ${mark}, not ${model.lastRead[who]}`)
    const unread = lastSeq - mark
    if (unread !== model.lastSeq - model.lastRead[who])
      throw new Error(`${who} has ${unread} unread, not ${model.lastSeq - model.lastRead[who]}`)
  }
}
