import sharp from 'sharp'
import { jpegSegment, phoneTiff, SECRETS } from '../../workers/media/image/photo-samples.ts'

/** A photo as a person picks it: `ground` is what lies at its foot, so that one can be told from another after any journey. */
export type PhotoFile = { name: string; mimeType: 'image/jpeg'; buffer: Buffer }
export type Ground = 'blue' | 'green' | 'yellow'

const SKY = { r: 205, g: 40, b: 40 }
const GROUNDS: Record<Ground, { r: number; g: number; b: number }> = {
  blue: { r: 30, g: 50, b: 200 },
  green: { r: 30, g: 150, b: 60 },
  yellow: { r: 220, g: 190, b: 40 },
}
const TURNED_RIGHT = 6
const UPRIGHT = 1
/** The directory of positions in EXIF, in either byte order. */
const GPS_TAGS = [Buffer.from([0x88, 0x25]), Buffer.from([0x25, 0x88])]

/** A landscape with grain like a camera's: red above, `ground` below. */
async function scene(ground: Ground, width: number, height: number): Promise<Buffer> {
  const below = GROUNDS[ground]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="g" x2="0" y2="1">
      <stop offset="0" stop-color="rgb(${SKY.r},${SKY.g},${SKY.b})"/><stop offset="0.45" stop-color="rgb(${SKY.r},${SKY.g + 30},${SKY.b + 30})"/>
      <stop offset="0.55" stop-color="rgb(${below.r},${below.g},${below.b})"/><stop offset="1" stop-color="rgb(${below.r},${below.g},${below.b})"/>
    </linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#g)"/><circle cx="60%" cy="50%" r="15%" fill="#888"/>
  </svg>`
  const grain = await sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 18 },
    },
  })
    .png()
    .toBuffer()
  return await sharp(Buffer.from(svg))
    .composite([{ input: grain, blend: 'soft-light' }])
    .png()
    .toBuffer()
}

/** What a phone writes into the file beside the picture: maker, owner, serial number, place, a thumbnail, how it was held. */
function withPhoneData(jpeg: Buffer, orientation: number): Buffer {
  const exif = jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), phoneTiff(orientation)]))
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)])
}

const file = (name: string, buffer: Buffer): PhotoFile => ({ name, mimeType: 'image/jpeg', buffer })

/** Three photos: one that tells where it was taken (blue), one held sideways (green), one plain (yellow). */
export async function threePhotos(): Promise<[PhotoFile, PhotoFile, PhotoFile]> {
  const placed = await sharp(await scene('blue', 1200, 900))
    .jpeg({ quality: 88 })
    .toBuffer()
  // The camera was turned: the pixels lie on their side and orientation 6 says how to stand them up.
  const sideways = await sharp(await scene('green', 900, 1200))
    .rotate(-90)
    .jpeg({ quality: 88 })
    .toBuffer()
  const plain = await sharp(await scene('yellow', 1000, 1000))
    .jpeg({ quality: 88 })
    .toBuffer()
  return [
    file('placed.jpg', withPhoneData(placed, UPRIGHT)),
    file('sideways.jpg', withPhoneData(sideways, TURNED_RIGHT)),
    file('plain.jpg', plain),
  ]
}

export type Seen = {
  width: number
  height: number
  /** What a viewer sees at the foot, if red stands at the top; `null` when the picture does not stand upright. */
  ground: Ground | null
  /** Everything of the owner that is still in the file. */
  told: string[]
}

/** A served photo as a viewer sees it (a browser turns by the orientation it finds), and what the file still tells. */
export async function look(bytes: Uint8Array): Promise<Seen> {
  const metadata = await sharp(bytes).metadata()
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const rowColour = (share: number) => {
    const at = (Math.floor(info.height * share) * info.width + Math.floor(info.width / 20)) * info.channels
    return { r: data[at] ?? 0, g: data[at + 1] ?? 0, b: data[at + 2] ?? 0 }
  }
  const names: Ground[] = ['blue', 'green', 'yellow']
  const isUpright = distance(rowColour(0.08), SKY) < 90
  const ground = names.find((name) => distance(rowColour(0.92), GROUNDS[name]) < 90) ?? null
  const text = Buffer.from(bytes).toString('latin1')
  const told = [
    ...SECRETS.filter((secret) => text.includes(secret)),
    ...(GPS_TAGS.some((tag) => metadata.exif?.includes(tag)) ? ['GPS'] : []),
  ]
  return { width: info.width, height: info.height, ground: isUpright ? ground : null, told }
}

type Colour = { r: number; g: number; b: number }
const distance = (a: Colour, b: Colour) => Math.hypot(a.r - b.r, a.g - b.g, a.b - b.b)
