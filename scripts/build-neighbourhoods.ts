/**
 * Builds workers/identity/neighbourhoods/places.json from source dumps given as arguments:
 *
 *   node scripts/build-neighbourhoods.ts <cities500.txt> <admin1.json> <geoData.js>
 *
 * The README beside the result says where each dump comes from and under which licence. The same dumps give
 * the same bytes: rows are sorted and ids come from the sources, so running it twice changes nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { romanise, romaniseDistrict } from './build-neighbourhoods.romanise.ts'
import { contains, innerPoint, type Point, type Polygon } from './build-neighbourhoods.shapes.ts'

/** id, nameKo, nameEn, regionKo, regionEn, country, lat, lng, population (0 when the source has none). */
export type PlaceRow = [string, string, string, string, string, string, number, number, number]

/** A world city is listed from this many inhabitants on, or when it is a capital. */
const WORLD_CITY_MIN_POPULATION = 500_000
/** Four decimals are about 11 m: finer than a neighbourhood, and half the bytes of the source. */
const COORDINATE_DECIMALS = 4
const OUTPUT = join(import.meta.dirname, '../workers/identity/neighbourhoods/places.json')

const Provinces: Record<string, [ko: string, en: string]> = {
  '11': ['서울특별시', 'Seoul'],
  '26': ['부산광역시', 'Busan'],
  '27': ['대구광역시', 'Daegu'],
  '28': ['인천광역시', 'Incheon'],
  '29': ['광주광역시', 'Gwangju'],
  '30': ['대전광역시', 'Daejeon'],
  '31': ['울산광역시', 'Ulsan'],
  '36': ['세종특별자치시', 'Sejong'],
  '41': ['경기도', 'Gyeonggi-do'],
  '43': ['충청북도', 'Chungcheongbuk-do'],
  '44': ['충청남도', 'Chungcheongnam-do'],
  '46': ['전라남도', 'Jeollanam-do'],
  '47': ['경상북도', 'Gyeongsangbuk-do'],
  '48': ['경상남도', 'Gyeongsangnam-do'],
  '50': ['제주특별자치도', 'Jeju-do'],
  '51': ['강원특별자치도', 'Gangwon-do'],
  '52': ['전북특별자치도', 'Jeonbuk-do'],
}

/** The dump names these districts without their city; the first four digits of the code tell it. */
const CityOfDistrict: Record<string, string> = {
  '4119': '부천시',
  '4128': '고양시',
  '4146': '용인시',
  '4311': '청주시',
}

/** GeoNames lists several Korean spellings; these are the standard ones where the first is dated or wrong. */
const StandardKorean: Record<string, string> = {
  Istanbul: '이스탄불',
  'São Paulo': '상파울루',
  Bengaluru: '벵갈루루',
  'Saint Petersburg': '상트페테르부르크',
  Tianjin: '톈진',
  Tokyo: '도쿄',
  'Mexico City': '멕시코시티',
  Alexandria: '알렉산드리아',
  Vienna: '빈',
  Kyiv: '키이우',
  'San Diego': '샌디에이고',
  Queens: '퀸스',
  'The Bronx': '브롱크스',
  İzmir: '이즈미르',
  Surat: '수라트',
  Giza: '기자',
}

/** GeoNames puts this Masan into Gwangju; the city of that name is a part of Changwon. */
const MisplacedIds = new Set(['1841246'])

const Admin1 = z.array(z.object({ code: z.string(), name: z.string() }))
const Ring = z.array(z.tuple([z.number(), z.number()]))
const Feature = z.object({
  geometry: z.discriminatedUnion('type', [
    z.object({ type: z.literal('Polygon'), coordinates: z.array(Ring) }),
    z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(Ring)) }),
  ]),
  properties: z.object({ sig_cd: z.string(), sig_kor_nm: z.string() }),
})
const Districts = z.object({ features: z.array(Feature) })

interface City {
  id: string
  name: string
  korean: string[]
  lat: number
  lng: number
  kind: string
  country: string
  admin1: string
  population: number
}

interface District {
  code: string
  nameKo: string
  nameEn: string
  province: [ko: string, en: string]
  shapes: Polygon[]
  at: Point
}

const rounded = (degrees: number): number => Number(degrees.toFixed(COORDINATE_DECIMALS))

function readCities(path: string): City[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.split('\t')
      const column = (index: number) => at[index] ?? ''
      const korean = column(3)
        .split(',')
        .map((name) => name.normalize('NFC'))
        .filter((name) => /^[가-힣]+( 시)?$/.test(name))
      return {
        id: column(0),
        name: column(1).normalize('NFC'),
        korean,
        lat: Number(column(4)),
        lng: Number(column(5)),
        kind: column(7),
        country: column(8),
        admin1: column(10),
        population: Number(column(14)),
      }
    })
}

/** The package writes its data as a CommonJS module around plain JSON; reading it as JSON runs no foreign code. */
function readDistricts(path: string): District[] {
  const source = readFileSync(path, 'utf8')
  const start = source.indexOf('{', source.indexOf('exports.geoData = {'))
  const parsed = Districts.parse(JSON.parse(source.slice(start, source.lastIndexOf('}') + 1)))
  return parsed.features.map(({ geometry, properties }) => {
    const code = properties.sig_cd
    const province = Provinces[code.slice(0, 2)]
    if (province === undefined) throw new Error(`no province is known for district ${code}`)
    const nameKo = districtName(code, properties.sig_kor_nm)
    const shapes = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
    return { code, nameKo, nameEn: romaniseDistrict(nameKo), province, shapes, at: innerPoint(shapes) }
  })
}

/** '성남시분당구' → '성남시 분당구', '서울시도봉구' → '도봉구', '처인구' → '용인시 처인구'. */
function districtName(code: string, raw: string): string {
  const bare = raw.replace(/^(서울시|대구광역시)\s*/, '')
  const split = /^(.+시)\s*(.+구)$/.exec(bare)
  if (split) return `${split[1]} ${split[2]}`
  const city = CityOfDistrict[code.slice(0, 4)]
  return city === undefined ? bare : `${city} ${bare}`
}

/** A city or county stands where its town is, when the source knows it: its middle is often a mountain. */
function districtRow({ code, nameKo, nameEn, province, shapes, at }: District, cities: City[]): PlaceRow {
  const town = cities
    .filter(({ korean }) => korean.some((name) => namesSame(nameKo, name)))
    .filter(({ lat, lng }) => shapes.some((shape) => contains(shape, [lng, lat])))
    .sort((a, b) => b.population - a.population)[0]
  const [lng, lat] = town === undefined ? at : [town.lng, town.lat]
  return [
    `plc_kr${code}`,
    nameKo,
    nameEn,
    ...province,
    'KR',
    rounded(lat),
    rounded(lng),
    town?.population ?? 0,
  ]
}

/** A town keeps its own entry when its Korean and English names agree and no district already carries the name. */
function townRow(city: City, districts: District[]): PlaceRow | undefined {
  const home = districts.find(({ shapes }) => shapes.some((shape) => contains(shape, [city.lng, city.lat])))
  const nameKo = city.korean.find((name) => romanise(name) === city.name.replace(/[-\s']/g, ''))
  if (home === undefined || nameKo === undefined || MisplacedIds.has(city.id)) return undefined
  if (districts.some((district) => district.nameKo.split(' ').some((part) => namesSame(part, nameKo))))
    return undefined
  const isProvincial = home.province[0].startsWith(nameKo)
  if (isProvincial && home.province[0] === home.nameKo) return undefined
  const region = isProvincial ? home.province : joinedRegion(home)
  return [
    `plc_${city.id}`,
    nameKo,
    city.name,
    ...region,
    'KR',
    rounded(city.lat),
    rounded(city.lng),
    city.population,
  ]
}

const namesSame = (district: string, town: string): boolean =>
  district === town || (/^[시군구]$/.test(district.slice(town.length)) && district.startsWith(town))

const joinedRegion = ({ province, nameKo, nameEn }: District): [string, string] => [
  `${province[0]} ${nameKo}`,
  `${nameEn}, ${province[1]}`,
]

function worldRow(city: City, admin1: Map<string, string>): PlaceRow {
  const countryKo = new Intl.DisplayNames('ko', { type: 'region' }).of(city.country) ?? city.country
  const countryEn = new Intl.DisplayNames('en', { type: 'region' }).of(city.country) ?? city.country
  const division = admin1.get(`${city.country}.${city.admin1}`)
  const regionEn = division === undefined || division === countryEn ? countryEn : `${division}, ${countryEn}`
  const { lat, lng } = { lat: rounded(city.lat), lng: rounded(city.lng) }
  return [
    `plc_${city.id}`,
    koreanName(city),
    city.name,
    countryKo,
    regionEn,
    city.country,
    lat,
    lng,
    city.population,
  ]
}

/** '청두 시' is how the source marks a standard spelling; without any Hangul name the English one stands. */
function koreanName({ name, korean }: City): string {
  const standard = korean.find((spelling) => spelling.endsWith(' 시'))?.replace(/ 시$/, '')
  return StandardKorean[name] ?? standard ?? korean[0] ?? name
}

function build(citiesPath: string, admin1Path: string, districtsPath: string): PlaceRow[] {
  const cities = readCities(citiesPath)
  const districts = readDistricts(districtsPath)
  const admin1 = new Map(
    Admin1.parse(JSON.parse(readFileSync(admin1Path, 'utf8'))).map(({ code, name }) => [code, name]),
  )
  const korean = cities.filter(({ country }) => country === 'KR')
  const towns = korean.map((city) => townRow(city, districts)).filter((row) => row !== undefined)
  const world = cities
    .filter(
      ({ country, kind, population }) =>
        country !== 'KR' && (kind === 'PPLC' || population >= WORLD_CITY_MIN_POPULATION),
    )
    .sort((a, b) => b.population - a.population)
    .map((city) => worldRow(city, admin1))
  const korea = districts
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map((district) => districtRow(district, korean))
  return [...korea, ...towns.sort((a, b) => (a[0] < b[0] ? -1 : 1)), ...world]
}

const [citiesPath, admin1Path, districtsPath] = process.argv.slice(2)
if (citiesPath === undefined || admin1Path === undefined || districtsPath === undefined) {
  process.stderr.write(
    'usage: node scripts/build-neighbourhoods.ts <cities500.txt> <admin1.json> <geoData.js>\n',
  )
  process.exit(2)
}
const rows = build(citiesPath, admin1Path, districtsPath)
writeFileSync(OUTPUT, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`)
process.stdout.write(`${rows.length} places written\n`)
