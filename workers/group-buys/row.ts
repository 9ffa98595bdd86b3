import type { ErrorCode } from '#contracts/errors'
import type { GroupBuyState } from '#contracts/group-buys'
import type { GroupBuyId, ImageId, MemberId } from '#contracts/ids'
import type { Category } from '#contracts/listings'

/** A member's face as this domain keeps it. */
export type Face = { memberId: MemberId; nickname: string; photoId: ImageId | null }

/** What every view of a group buy reads of its row, joined with its host's face. */
export type CardRow = {
  seq: number
  id: GroupBuyId
  hostId: MemberId
  nickname: string
  photoId: ImageId | null
  title: string
  category: Category
  unitPrice: number
  unit: string
  totalUnits: number
  minUnits: number
  hostUnits: number
  filledUnits: number
  members: number
  waiting: number
  state: GroupBuyState
  deadlineMs: number
  region: string | null
  shopUnitPrice: number | null
  createdAtMs: number
}
/** A row of a list; `cover` is the first photo as JSON, `squareMetres` the distance when one was asked for. */
export type ListRow = CardRow & { cover: string | null; squareMetres: number | null }
/** A row whole; what each column means stands in the migration. */
export type GroupBuyRow = CardRow & {
  terminalAtMs: number | null
  latMilli: number | null
  lngMilli: number | null
  version: number
  planVersion: number
  claimsVersion: number
  updatedAtMs: number
  remindedHours: number | null
  failure: ErrorCode | null
  dueAtMs: number | null
  settlingAtMs: number | null
  stageEndsMs: number | null
  remindedStageMs: number | null
  goods: number | null
  shipping: number | null
  receipt: string | null
  voteClosesAtMs: number | null
  voteAgreed: number | null
  tries: number
  triedFromMs: number
  images: string
  pickup: string
  keywords: string
  productUrl: string | null
  description: string
}
/** What a group buy begins with: it recruits, nobody is in it, and nothing of what comes after has been. */
export const FRESH = {
  ...{ members: 0, waiting: 0, state: 'recruiting', terminalAtMs: null, failure: null },
  ...{ version: 1, planVersion: 1, claimsVersion: 0 },
  ...{ settlingAtMs: null, stageEndsMs: null, remindedStageMs: null },
  ...{ goods: null, shipping: null, receipt: null, voteClosesAtMs: null, voteAgreed: null },
  ...{ tries: 0, triedFromMs: 0 },
} as const satisfies Partial<GroupBuyRow>
/** One member's part in what comes after the recruiting. */
export type ShareRow = {
  memberId: MemberId
  units: number
  held: number
  share: number
  taken: number | null
  vote: number | null
  checkInCode: string | null
  checkedInAtMs: number | null
}
