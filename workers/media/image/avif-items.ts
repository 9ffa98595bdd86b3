import { fourCharacters } from './bytes.ts'
import { type Box, boxesIn, NumberReader } from './iso-boxes.ts'

export type Extent = { offset: number; length: number }
/** `typeAt` is where the four characters of the item's type stand, `infoTo` where its entry ends. */
export type Item = { id: number; type: string; isProtected: boolean; typeAt: number; infoTo: number }
export type Location = { source: 'file' | 'idat' | 'unsupported'; extents: Extent[] }
export type Reference = { type: string; box: Box; from: number; to: number[] }
/** What a file says about its items, as far as cleaning needs it. */
export type AvifMeta = {
  children: Box[]
  primaryId: number
  items: Item[]
  locations: Map<number, Location>
  references: Reference[]
  properties: Box[]
  propertiesOf: Map<number, Box[]>
  idat: Box | undefined
}

/** A photo of 8000 px in small tiles has some hundreds of items, each in one piece. */
const ITEMS_MAX = 2048
const EXTENTS_PER_ITEM_MAX = 32

/** Reads the `meta` box. What is missing or contradicts itself throws RangeError. */
export function readMeta(bytes: Uint8Array, meta: Box): AvifMeta {
  const children = boxesIn(bytes, meta.body + 4, meta.to)
  const child = (type: string): Box => {
    const found = children.filter((box) => box.type === type)
    if (!found[0] || found.length > 1) throw new RangeError(`needs one ${type}`)
    return found[0]
  }
  const iref = children.find((box) => box.type === 'iref')
  const parts = boxesIn(bytes, child('iprp').body, child('iprp').to)
  const ipco = parts.find((box) => box.type === 'ipco')
  if (!ipco) throw new RangeError('needs ipco')
  const properties = boxesIn(bytes, ipco.body, ipco.to)
  return {
    children,
    primaryId: readPrimary(bytes, child('pitm')),
    items: readItems(bytes, child('iinf')),
    locations: readLocations(bytes, child('iloc')),
    references: iref ? readReferences(bytes, iref) : [],
    properties,
    propertiesOf: readAssociations(
      bytes,
      parts.filter((box) => box.type === 'ipma'),
      properties,
    ),
    idat: children.find((box) => box.type === 'idat'),
  }
}

function fullBox(bytes: Uint8Array, box: Box) {
  const reader = new NumberReader(bytes, box.body, box.to)
  const head = reader.unsigned(4)
  return { reader, version: head >>> 24, flags: head & 0xffffff }
}

function readPrimary(bytes: Uint8Array, box: Box): number {
  const { reader, version } = fullBox(bytes, box)
  return reader.unsigned(version === 0 ? 2 : 4)
}

function readItems(bytes: Uint8Array, box: Box): Item[] {
  const { reader, version } = fullBox(bytes, box)
  const count = reader.unsigned(version === 0 ? 2 : 4)
  if (count > ITEMS_MAX) throw new RangeError('too many items')
  const entries = boxesIn(bytes, reader.at, box.to).filter((entry) => entry.type === 'infe')
  return entries.map((entry) => readItem(bytes, entry))
}

function readItem(bytes: Uint8Array, entry: Box): Item {
  const { reader, version } = fullBox(bytes, entry)
  if (version < 2) throw new RangeError('an item entry without a type')
  const id = reader.unsigned(version === 2 ? 2 : 4)
  const isProtected = reader.unsigned(2) !== 0
  const typeAt = reader.at
  reader.unsigned(4)
  return { id, type: fourCharacters(bytes, typeAt), isProtected, typeAt, infoTo: entry.to }
}

function readLocations(bytes: Uint8Array, box: Box): Map<number, Location> {
  const { reader, version } = fullBox(bytes, box)
  const sizes = reader.unsigned(2)
  const offsetSize = sizes >> 12
  const lengthSize = (sizes >> 8) & 15
  const baseSize = (sizes >> 4) & 15
  const indexSize = version === 0 ? 0 : sizes & 15
  const count = reader.unsigned(version < 2 ? 2 : 4)
  if (count > ITEMS_MAX) throw new RangeError('too many items')
  const locations = new Map<number, Location>()
  for (let i = 0; i < count; i++) {
    const id = reader.unsigned(version < 2 ? 2 : 4)
    const method = version === 0 ? 0 : reader.unsigned(2) & 15
    const isElsewhere = reader.unsigned(2) !== 0
    const base = reader.unsigned(baseSize)
    const extentCount = reader.unsigned(2)
    // Extents of size 0 take no bytes: without a bound a small file would keep us busy for hours.
    if (extentCount > EXTENTS_PER_ITEM_MAX) throw new RangeError('too many pieces')
    const extents = Array.from({ length: extentCount }, () => {
      reader.unsigned(indexSize)
      return { offset: base + reader.unsigned(offsetSize), length: reader.unsigned(lengthSize) }
    })
    const source = isElsewhere || method > 1 ? 'unsupported' : method === 1 ? 'idat' : 'file'
    locations.set(id, { source, extents })
  }
  return locations
}

function readReferences(bytes: Uint8Array, iref: Box): Reference[] {
  const { version } = fullBox(bytes, iref)
  const idSize = version === 0 ? 2 : 4
  return boxesIn(bytes, iref.body + 4, iref.to).map((box) => {
    const reader = new NumberReader(bytes, box.body, box.to)
    const from = reader.unsigned(idSize)
    const to = Array.from({ length: reader.unsigned(2) }, () => reader.unsigned(idSize))
    return { type: box.type, box, from, to }
  })
}

function readAssociations(bytes: Uint8Array, boxes: readonly Box[], properties: readonly Box[]) {
  const propertiesOf = new Map<number, Box[]>()
  for (const box of boxes) {
    const { reader, version, flags } = fullBox(bytes, box)
    const count = reader.unsigned(4)
    for (let i = 0; i < count; i++) {
      const id = reader.unsigned(version === 0 ? 2 : 4)
      const indexes = Array.from({ length: reader.unsigned(1) }, () =>
        (flags & 1) === 1 ? reader.unsigned(2) & 0x7fff : reader.unsigned(1) & 0x7f,
      )
      const named = indexes.flatMap((index) => properties[index - 1] ?? [])
      propertiesOf.set(id, [...(propertiesOf.get(id) ?? []), ...named])
    }
  }
  return propertiesOf
}
