/** Small drawn portraits for the members: a face, a cat, a potted plant or a persimmon on a plain ground. */
import sharp from 'sharp'
import { chanceOf } from './chance.ts'
import {
  disc,
  each,
  INK,
  LEAF,
  line,
  litOval,
  litShape,
  moved,
  oval,
  rect,
  shape,
  toned,
} from './scenes/paint.ts'
import { SHADES } from './scenes/settings.ts'

export const AVATAR_KINDS = ['face', 'cat', 'plant', 'persimmon'] as const
export type AvatarKind = (typeof AVATAR_KINDS)[number]

export interface Avatar {
  kind: AvatarKind
  seed: number
}

export const AVATAR_SIDE_PX = 512
const GROUNDS = ['#F2D9C2', '#DCE5DB', '#E9DCC6', '#D5DEDD', '#EBC9B2', '#E6D9A8', '#C9D6CB'] as const
const COATS = ['#C2410C', '#2F6F5E', '#D9A441', '#3C5A73', '#8C5A7A', '#7A8450'] as const
const HAIRS = ['#2B2422', '#3B2A20', '#4A3A33', '#6B4A32'] as const
const SKINS = ['#F3D3B4', '#EBC19D', '#F6DCC3', '#D9A57E'] as const

const Portraits: Record<AvatarKind, (seed: number) => string> = { face, cat, plant, persimmon }

function face(seed: number): string {
  const chance = chanceOf(seed)
  const [skin, hair, coat] = [chance.pick(SKINS), chance.pick(HAIRS), chance.pick(COATS)]
  const long = chance.happens(0.5)
  return [
    long ? shape('M106 420 C90 180 150 96 256 96 C362 96 422 180 406 420 Z', hair) : '',
    litShape('M66 540 C76 400 160 372 256 372 C352 372 436 400 446 540 Z', coat),
    rect(222, 320, 68, 80, toned(skin, -0.12), 30),
    litOval(256, 250, 104, 122, skin),
    shape(
      'M148 250 C140 130 200 104 256 104 C312 104 372 130 364 250 C350 190 320 172 236 170 C190 176 160 200 148 250 Z',
      hair,
    ),
    disc(216, 258, 9, INK),
    disc(296, 258, 9, INK),
    oval(192, 296, 22, 13, 'rgba(217,98,70,.3)'),
    oval(320, 296, 22, 13, 'rgba(217,98,70,.3)'),
    line('M230 312 Q256 332 282 312', INK, 7),
    chance.happens(0.3)
      ? line(
          'M186 258 a30 30 0 1 0 60 0 a30 30 0 1 0 -60 0 M266 258 a30 30 0 1 0 60 0 a30 30 0 1 0 -60 0 M246 254 h20',
          '#5B4636',
          6,
        )
      : '',
  ].join('')
}

function cat(seed: number): string {
  const fur = chanceOf(seed).pick(['#D99A55', '#3A3632', '#BDB6AA', '#F1E4CF'])
  const eye = fur === '#3A3632' ? '#E9C46A' : INK
  return [
    shape('M120 250 L110 100 L220 170 Z M392 250 L402 100 L292 170 Z', fur),
    litOval(256, 540, 170, 180, fur),
    litOval(256, 280, 152, 132, fur),
    disc(200, 270, 15, eye),
    disc(312, 270, 15, eye),
    shape('M240 306 h32 l-16 18 Z', '#D98E7A'),
    line('M256 324 Q236 350 216 338 M256 324 Q276 350 296 338', toned(fur, -0.5), 7),
    line('M150 300 L80 286 M150 322 L84 334 M362 300 L432 286 M362 322 L428 334', toned(fur, -0.4), 5),
  ].join('')
}

function plant(seed: number): string {
  const chance = chanceOf(seed)
  return [
    each(7, (i) =>
      moved(
        `translate(256 330) rotate(${-72 + i * 24})`,
        litShape('M0 0 C-46 -70 -40 -170 0 -220 C40 -170 46 -70 0 0 Z', toned(LEAF, (i % 3) * 0.13)),
      ),
    ),
    litShape('M150 330 H362 L334 480 H178 Z', chance.pick(COATS)),
    rect(136, 312, 240, 44, 'rgba(255,255,255,.3)', 14),
  ].join('')
}

function persimmon(seed: number): string {
  const fruit = chanceOf(seed).pick(['#D9622B', '#E0812F', '#C2501C'])
  return [
    litOval(256, 310, 168, 146, fruit),
    shape(
      'M256 196 C200 150 150 170 140 200 C190 200 200 220 256 214 C312 220 322 200 372 200 C362 170 312 150 256 196 Z',
      LEAF,
    ),
    line('M256 200 V140', '#6B4A32', 20),
    oval(190, 270, 34, 24, 'rgba(255,255,255,.35)'),
  ].join('')
}

/** Draws the portrait as JPEG bytes, square. */
export async function drawAvatar({ kind, seed }: Avatar): Promise<Buffer> {
  const ground = chanceOf(seed * 3 + 1).pick(GROUNDS)
  const side = AVATAR_SIDE_PX
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><defs>${SHADES}</defs>${rect(0, 0, side, side, ground)}${Portraits[kind](seed)}</svg>`
  return sharp(Buffer.from(svg)).flatten({ background: ground }).jpeg({ quality: 82 }).toBuffer()
}
