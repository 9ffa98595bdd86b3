import { av1FrameSize } from './av1-size.ts'
import { type AvifMeta, type Extent, type Item, readMeta } from './avif-items.ts'
import { ascii, concat, equalBytes, fourCharacters, slice, viewOf } from './bytes.ts'
import { type Cleaned, refuse } from './clean-image.ts'
import { type Box, blankBox, leadingBoxes } from './iso-boxes.ts'
import { IMAGE_AREA_PX_MAX, refusalByPixels } from './limits.ts'

const META_KEPT: ReadonlySet<string> = new Set(['hdlr', 'pitm', 'iinf', 'iloc', 'iref', 'iprp', 'idat'])
/** Properties that change how the pixels look. Descriptions (`udes`), times and private ones go. */
const PROPERTIES_KEPT: ReadonlySet<string> = new Set(
  'ispe pixi av1C colr irot imir clap pasp auxC clli mdcv a1op a1lx lsel'.split(' '),
)
/** Colour, transparency and tiles that overlap the edge: together more than this is not one photo. */
const DECODED_AREA_PX_MAX = 3 * IMAGE_AREA_PX_MAX

type Found = { meta: AvifMeta; metaBox: Box; tops: Box[]; mdats: Box[] }
type KeptItem = { item: Item; size: Size; data: Uint8Array; ranges: Extent[] }
type Size = { width: number; height: number }

/**
 * AVIF is cleaned in place: offsets inside count from the file's start, so nothing may move. Whatever the main picture does not need
 * (EXIF, XMP, thumbnails, gain maps, bytes no item owns) is overwritten with zeros; what stands behind the last box is cut off.
 * Boxes of a broken file can overlap, so that blanking one harms another: what does not read the same afterwards is refused.
 */
export function cleanAvif(bytes: Uint8Array): Cleaned {
  const once = cleanedInPlace(bytes)
  if (!once.ok) return once
  const twice = cleanedInPlace(once.image.bytes)
  return twice.ok && equalBytes(once.image.bytes, twice.image.bytes) ? twice : refuse('IMAGE_BROKEN')
}

function cleanedInPlace(bytes: Uint8Array): Cleaned {
  const tops = leadingBoxes(bytes)
  const refusal = refusalByBrand(bytes, tops)
  if (refusal) return refusal
  const metaBoxes = tops.filter((box) => box.type === 'meta')
  const [metaBox] = metaBoxes
  if (!metaBox || metaBoxes.length > 1) return refuse('IMAGE_BROKEN')
  const meta = readMeta(bytes, metaBox)
  const found: Found = { meta, metaBox, tops, mdats: tops.filter((box) => box.type === 'mdat') }
  const items = neededItems(meta)
  if (!items) return refuse('IMAGE_TYPE_UNSUPPORTED')
  const kept = items.map((item) => withData(bytes, found, item))
  const bySize = refusalBySizes(kept)
  if (bySize) return bySize
  const size = displayedSize(bytes, meta)
  return {
    ok: true,
    image: { format: 'avif', ...size, orientation: 1, bytes: blankTheRest(bytes, found, kept) },
  }
}

function refusalByBrand(bytes: Uint8Array, [ftyp, ...rest]: readonly Box[]): Cleaned | undefined {
  if (ftyp?.type !== 'ftyp' || ftyp.to - ftyp.body < 8) return refuse('IMAGE_BROKEN')
  const major = fourCharacters(bytes, ftyp.body)
  const brands = [major]
  for (let at = ftyp.body + 8; at + 4 <= ftyp.to; at += 4) brands.push(fourCharacters(bytes, at))
  if (major === 'avis' || (brands.includes('avif') && rest.some((box) => box.type === 'moov'))) {
    return refuse('IMAGE_ANIMATED')
  }
  return brands.includes('avif') ? undefined : refuse('IMAGE_TYPE_UNSUPPORTED')
}

/** The main picture, the tiles it is made of, and the transparency of either. Undefined when one is not AV1. */
function neededItems(meta: AvifMeta): Item[] | undefined {
  const ids = new Set([meta.primaryId])
  for (let before = 0; before !== ids.size; ) {
    before = ids.size
    for (const { type, from, to } of meta.references) {
      if (type === 'dimg' && ids.has(from)) for (const id of to) ids.add(id)
      if (type === 'auxl' && to.some((id) => ids.has(id))) ids.add(from)
    }
  }
  const items = meta.items.filter((item) => ids.has(item.id))
  if (items.length !== ids.size) throw new RangeError('an item is missing or named twice')
  if (items.some((item) => item.isProtected)) throw new RangeError('a locked item')
  return items.every(({ type }) => type === 'av01' || type === 'grid') ? items : undefined
}

function withData(bytes: Uint8Array, { meta, mdats }: Found, item: Item): KeptItem {
  const location = meta.locations.get(item.id)
  if (!location || location.source === 'unsupported' || location.extents.length === 0) {
    throw new RangeError('an item without data')
  }
  const homes = location.source === 'file' ? mdats : meta.idat ? [meta.idat] : []
  const shift = location.source === 'file' ? 0 : (meta.idat?.body ?? 0)
  const ranges = location.extents.map(({ offset, length }) => ({ offset: offset + shift, length }))
  const isInside = ({ offset, length }: Extent) =>
    length > 0 && homes.some((home) => offset >= home.body && offset + length <= home.to)
  if (!ranges.every(isInside)) throw new RangeError('data outside of their box')
  const data = concat(ranges.map(({ offset, length }) => slice(bytes, offset, length)))
  return { item, ranges, data, size: statedSize(bytes, meta, item.id) }
}

function property(meta: AvifMeta, id: number, type: string): Box | undefined {
  return meta.propertiesOf.get(id)?.find((box) => box.type === type)
}

function statedSize(bytes: Uint8Array, meta: AvifMeta, id: number): Size {
  const ispe = property(meta, id, 'ispe')
  if (!ispe) throw new RangeError('an item without a size')
  const view = viewOf(slice(bytes, ispe.body, 12))
  return { width: view.getUint32(4), height: view.getUint32(8) }
}

/** Both what the boxes state and what the decoder will believe must be within the limits. */
function refusalBySizes(kept: readonly KeptItem[]): Cleaned | undefined {
  let area = 0
  for (const { item, size, data } of kept) {
    const inner = item.type === 'av01' ? av1FrameSize(data) : gridSize(data)
    const refusal = refusalByPixels(size.width, size.height) ?? refusalByPixels(inner.width, inner.height)
    if (refusal) return refuse(refusal)
    area += item.type === 'av01' ? inner.width * inner.height : 0
  }
  return area > DECODED_AREA_PX_MAX ? refuse('IMAGE_DIMENSIONS_TOO_LARGE') : undefined
}

function gridSize(data: Uint8Array): Size {
  const view = viewOf(data)
  const isWide = (view.getUint8(1) & 1) === 1
  return isWide
    ? { width: view.getUint32(4), height: view.getUint32(8) }
    : { width: view.getUint16(4), height: view.getUint16(6) }
}

/** The main picture's size after its own cropping (`clap`) and turning (`irot`). */
function displayedSize(bytes: Uint8Array, meta: AvifMeta): Size {
  const stated = statedSize(bytes, meta, meta.primaryId)
  const clap = property(meta, meta.primaryId, 'clap')
  const { width, height } = clap ? croppedSize(slice(bytes, clap.body, 16), stated) : stated
  const irot = property(meta, meta.primaryId, 'irot')
  const isOnItsSide = irot ? (viewOf(bytes).getUint8(irot.body) & 1) === 1 : false
  return isOnItsSide ? { width: height, height: width } : { width, height }
}

function croppedSize(clap: Uint8Array, { width, height }: Size): Size {
  const view = viewOf(clap)
  const cropped = {
    width: Math.floor(view.getUint32(0) / view.getUint32(4)),
    height: Math.floor(view.getUint32(8) / view.getUint32(12)),
  }
  const isInside =
    cropped.width >= 1 && cropped.width <= width && cropped.height >= 1 && cropped.height <= height
  if (!isInside) throw new RangeError('cropped to nothing')
  return cropped
}

function blankTheRest(source: Uint8Array, found: Found, kept: readonly KeptItem[]): Uint8Array<ArrayBuffer> {
  const { meta, metaBox, tops, mdats } = found
  const ranges = kept.flatMap((item) => item.ranges)
  const end = Math.max(metaBox.to, ...mdats.map((box) => endOf(source, box, ranges)))
  const bytes = source.slice(0, end)
  for (const box of tops) {
    if (box.to <= end && !['ftyp', 'meta', 'mdat'].includes(box.type)) blankBox(bytes, box)
  }
  for (const box of [...mdats, ...(meta.idat ? [meta.idat] : [])]) blankGaps(bytes, box, ranges)
  for (const box of meta.children) {
    if (!META_KEPT.has(box.type)) blankBox(bytes, box)
    // A handler's name follows its type and three reserved words.
    if (box.type === 'hdlr') bytes.fill(0, box.body + 24, box.to)
  }
  for (const box of meta.properties) if (!PROPERTIES_KEPT.has(box.type)) blankBox(bytes, box)
  blankItems(bytes, meta, new Set(kept.map(({ item }) => item.id)))
  return bytes
}

/** A box that runs "to the end of the file" (size 0) ends with its last byte in use. */
function endOf(source: Uint8Array, box: Box, ranges: readonly Extent[]): number {
  if (viewOf(source).getUint32(box.from) !== 0) return box.to
  return Math.max(box.body, ...ranges.map(({ offset, length }) => offset + length))
}

function blankGaps(bytes: Uint8Array, box: Box, ranges: readonly Extent[]) {
  const inside = ranges
    .filter(({ offset }) => offset >= box.body && offset < box.to)
    .sort((a, b) => a.offset - b.offset)
  let at = box.body
  for (const { offset, length } of inside) {
    if (offset > at) bytes.fill(0, at, offset)
    at = Math.max(at, offset + length)
  }
  bytes.fill(0, at, box.to)
}

/** Names and content types of all items go; items that are not needed become ones that every decoder skips. */
function blankItems(bytes: Uint8Array, meta: AvifMeta, keptIds: ReadonlySet<number>) {
  for (const { id, typeAt, infoTo } of meta.items) {
    bytes.fill(0, typeAt + 4, infoTo)
    if (!keptIds.has(id)) bytes.set(ascii('skip'), typeAt)
  }
  for (const { from, box } of meta.references) {
    if (!keptIds.has(from)) bytes.set(ascii('free'), box.from + 4)
  }
}
