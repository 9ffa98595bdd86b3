/** The neighbourhoods the demo town is spread over, taken from the bundled gazetteer. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export interface TownPlace {
  /** The gazetteer's id. */
  id: string
  name: string
  nameEn: string
  lat: number
  lng: number
}

const GAZETTEER = join(import.meta.dirname, '../../workers/identity/neighbourhoods/places.json')
const Row = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.number(),
  z.number(),
  z.number(),
])

/** 마포, 성동, 서대문, 용산, 광진 (Seoul); 분당, 영통 (Gyeonggi); 해운대, 수영 (Busan); 제주. */
const IDS = ['11440', '11200', '11410', '11170', '11215', '41135', '41117', '26350', '26500', '50110']

function townPlaces(): [TownPlace, ...TownPlace[]] {
  const rows = new Map(
    z
      .array(Row)
      .parse(JSON.parse(readFileSync(GAZETTEER, 'utf8')))
      .map((row) => [row[0], row]),
  )
  const [first, ...rest] = IDS.map((code): TownPlace => {
    const row = rows.get(`plc_kr${code}`)
    if (row === undefined) throw new Error(`the gazetteer has no place plc_kr${code}`)
    return { id: row[0], name: row[1], nameEn: row[2], lat: row[6], lng: row[7] }
  })
  if (first === undefined) throw new Error('the demo town needs a neighbourhood')
  return [first, ...rest]
}

export const TOWN_PLACES = townPlaces()
