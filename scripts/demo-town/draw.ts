/**
 * Draws one demo photo. The same photo is the same bytes every time with the same version of sharp; drawing keeps no
 * state, so photos may be drawn side by side.
 */
import sharp from 'sharp'
import { chanceOf } from './chance.ts'
import { SCENES, type Scene, type SceneKind } from './scenes/index.ts'
import { moved, oval, rect, type Tint } from './scenes/paint.ts'
import { backdropOf, SHADES } from './scenes/settings.ts'

/** One photo of a thing: `seed` fixes the thing and its colours, `shot` how it is photographed. */
export interface ScenePhoto {
  kind: SceneKind
  seed: number
  shot: number
}

/** The longest side in pixels, as a phone's gallery would hand it over. */
export const PHOTO_SIDE_PX = 1600
const JPEG_QUALITY = 80
const RATIOS = [
  [1600, 1200],
  [1200, 1600],
  [1600, 1600],
  [1600, 1200],
] as const satisfies [number, number][]

const MAINS = [
  '#C2410C',
  '#2F6F5E',
  '#D9A441',
  '#B4472F',
  '#3C5A73',
  '#7A8450',
  '#C77D62',
  '#8C5A7A',
  '#4F7F8C',
  '#A8643C',
] as const
const SECONDS = [
  '#E0B44C',
  '#5F8FA0',
  '#7FA98A',
  '#D98E7A',
  '#C9B38C',
  '#56708C',
  '#B5694A',
  '#8FA88B',
] as const
const WOODS = ['#B98656', '#A5713F', '#C89B6A', '#8E6142'] as const
const WALLS = [
  '#F1E6D3',
  '#E9DCC6',
  '#DCE5DB',
  '#F2DCC8',
  '#E6E0D4',
  '#D5DEDD',
  '#EFD9B8',
  '#C9D6CB',
  '#E8C9B4',
  '#B9C7C0',
  '#D8B9A0',
  '#93A79C',
] as const
const GROUNDS = ['#C79F73', '#B98C60', '#D8BB93', '#A97D55', '#CDBBA4', '#E2D2B8'] as const

type Hour = readonly [veil: string, strength: number]
/** The hours of a day: a colour laid over the whole picture, and how strongly. */
const HOURS: readonly [Hour, ...Hour[]] = [
  ['#FFF1D0', 0.1],
  ['#FFFFFF', 0],
  ['#FFFFFF', 0],
  ['#F5A25D', 0.16],
  ['#D9794A', 0.14],
  ['#3A3550', 0.17],
]

/** Cards show squares: in an upright photo the thing stands higher, so that its feet stay inside. */
const PORTRAIT_LIFT = 0.07
const CLOSE_UP = 1.1

interface Composition {
  scene: Scene
  photo: ScenePhoto
  width: number
  height: number
}

function tintOf({ kind, seed }: ScenePhoto): Tint {
  const chance = chanceOf(seed * 31 + kind.length)
  return { main: chance.pick(MAINS), second: chance.pick(SECONDS), wood: chance.pick(WOODS), chance }
}

/** The picture as SVG in its final pixels. */
function svgOf({ scene, photo, width, height }: Composition): string {
  const chance = chanceOf(photo.seed * 131 + photo.shot * 17 + 5)
  const tint = tintOf(photo)
  const wall = chance.pick(WALLS)
  const setting = scene.settings[photo.shot % scene.settings.length] ?? scene.settings[0]
  const backdrop = backdropOf(setting, {
    width,
    height,
    wall,
    ground: chance.pick(GROUNDS),
    accent: tint.second,
    chance,
  })
  const [veil, strength] = chance.pick(HOURS)
  const ground = height > width ? backdrop.ground - PORTRAIT_LIFT : backdrop.ground
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs>${SHADES}</defs>`,
    backdrop.svg,
    placed({ scene, photo, width, height }, tint, ground, setting === 'hung'),
    `<rect width="${width}" height="${height}" fill="${veil}" opacity="${strength}"/>`,
    rect(0, 0, width, height, 'url(#lens)'),
    '</svg>',
  ].join('')
}

/** The thing on its ground: the first photo whole and quiet, later ones nearer, turned round or off the middle. */
function placed(
  { scene, photo, width, height }: Composition,
  tint: Tint,
  ground: number,
  onWall: boolean,
): string {
  const chance = chanceOf(photo.seed * 977 + photo.shot)
  const fit = Math.min(
    (Math.min(width, height * 1.15) * 0.78) / scene.width,
    (height * ground * 0.86) / scene.height,
  )
  const scale = fit * (photo.shot === 2 ? CLOSE_UP : chance.between(0.84, 1))
  const x = width * (0.5 + (photo.shot === 0 ? chance.between(-0.04, 0.04) : chance.between(-0.08, 0.08)))
  const flip = photo.shot > 0 && chance.happens(0.5) ? -1 : 1
  const shade = onWall
    ? moved(
        'translate(34 30)',
        oval(0, -scene.height * 0.45, scene.width * 0.5, scene.height * 0.5, 'url(#shadow)'),
      )
    : oval(40, -6, scene.width * 0.62, Math.max(46, scene.width * 0.085), 'url(#shadow)')
  return moved(
    `translate(${x.toFixed(1)} ${(height * ground).toFixed(1)}) scale(${(scale * flip).toFixed(3)} ${scale.toFixed(3)})`,
    shade,
    scene.draw(tint),
  )
}

/** Draws the photo as JPEG bytes, longest side `PHOTO_SIDE_PX`. */
export async function drawScene(photo: ScenePhoto): Promise<Buffer> {
  const [width, height] = chanceOf(photo.seed * 7 + photo.shot * 3).pick(RATIOS)
  const svg = svgOf({ scene: SCENES[photo.kind], photo, width, height })
  return sharp(Buffer.from(svg)).flatten({ background: '#F1E6D3' }).jpeg({ quality: JPEG_QUALITY }).toBuffer()
}
