import { ascii, fourCharacters, viewOf } from './bytes.ts'
import { PIECES_MAX } from './limits.ts'

/** A box of an ISO base media file: where it starts, where its body starts and where it ends. */
export type Box = { type: string; from: number; body: number; to: number }

/** The boxes that fill `from` to `to` exactly. */
export function boxesIn(bytes: Uint8Array, from: number, to: number): Box[] {
  const boxes: Box[] = []
  for (let at = from; at < to; at = boxes.at(-1)?.to ?? to) {
    const box = boxAt(bytes, at, to)
    if (!box || boxes.length === PIECES_MAX) throw new RangeError('box cut off')
    boxes.push(box)
  }
  return boxes
}

/** The boxes from the file's start for as long as they make sense; what follows is foreign. */
export function leadingBoxes(bytes: Uint8Array): Box[] {
  const boxes: Box[] = []
  for (let at = 0; at + 8 <= bytes.length && boxes.length < PIECES_MAX; at = boxes.at(-1)?.to ?? at) {
    const box = boxAt(bytes, at, bytes.length)
    if (!box) break
    boxes.push(box)
  }
  return boxes
}

function boxAt(bytes: Uint8Array, from: number, limit: number): Box | undefined {
  const view = viewOf(bytes)
  const type = fourCharacters(bytes, from + 4)
  const short = view.getUint32(from)
  const isLong = short === 1
  const size =
    short === 0
      ? limit - from
      : isLong
        ? view.getUint32(from + 8) * 2 ** 32 + view.getUint32(from + 12)
        : short
  const body = from + (isLong ? 16 : 8)
  const to = from + size
  return to < body || to > limit ? undefined : { type, from, body, to }
}

/** Makes a box mean nothing without moving what stands behind it: every offset in the file stays true. */
export function blankBox(bytes: Uint8Array, box: Box) {
  bytes.set(ascii('free'), box.from + 4)
  bytes.fill(0, box.body, box.to)
}

/** Reads numbers one after the other; past the end it throws RangeError. */
export class NumberReader {
  readonly #view: DataView
  #at: number
  readonly #to: number

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#view = viewOf(bytes)
    this.#at = from
    this.#to = to
  }

  get at(): number {
    return this.#at
  }

  /** An unsigned number of 0, 1, 2, 4 or 8 bytes; 0 bytes read as 0, as `iloc` has it. */
  unsigned(size: number): number {
    if (this.#at + size > this.#to) throw new RangeError('past the box')
    const from = this.#at
    this.#at += size
    if (size === 0) return 0
    if (size === 1) return this.#view.getUint8(from)
    if (size === 2) return this.#view.getUint16(from)
    if (size === 4) return this.#view.getUint32(from)
    if (size === 8) return this.#view.getUint32(from) * 2 ** 32 + this.#view.getUint32(from + 4)
    throw new RangeError('a size that the format does not have')
  }
}
