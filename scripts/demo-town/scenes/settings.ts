/** The places things are photographed in. A setting fills the whole picture and says where the ground is. */
import type { Chance } from '../chance.ts'
import type { Setting } from './index.ts'
import { CREAM, disc, each, LEAF, line, moved, oval, rect, shape, toned } from './paint.ts'

/** What one photo is taken with: its size and the colours of the house it is taken in. */
export interface Frame {
  width: number
  height: number
  wall: string
  ground: string
  accent: string
  chance: Chance
}

export interface Backdrop {
  /** Where a thing stands, as a share of the height. */
  ground: number
  svg: string
}

/** Light that falls through a window onto the wall. */
function windowLight({ width, height, chance }: Frame): string {
  const pane = width * 0.13
  const at = chance.between(0.08, 0.55) * width
  const panes = each(4, (i) =>
    rect((i % 2) * pane * 1.12, Math.floor(i / 2) * pane * 1.4, pane, pane * 1.28, 'rgba(255,246,220,.42)'),
  )
  return moved(
    `translate(${at.toFixed(0)} ${(height * chance.between(0.08, 0.2)).toFixed(0)}) skewX(-14) skewY(7)`,
    panes,
  )
}

/** One thing on the wall, so that rooms differ: a picture, a calendar, a shelf with a pot, or nothing. */
function wallPiece({ width, height, accent, wall, chance }: Frame): string {
  const [x, y] = [chance.pick([0.07, 0.72]) * width, height * chance.between(0.07, 0.14)]
  const size = width * 0.2
  const picture =
    rect(x + 10, y + 14, size, size * 1.2, 'rgba(50,40,25,.16)') +
    rect(x, y, size, size * 1.2, toned('#A5774B', 0.1)) +
    rect(x + 16, y + 16, size - 32, size * 1.2 - 32, CREAM) +
    disc(x + size * 0.62, y + size * 0.45, size * 0.14, '#E08A4F') +
    shape(
      `M${x + 16} ${y + size * 0.85} q${size * 0.25} ${-size * 0.3} ${size * 0.5} 0 t${size * 0.5 - 32} 0 V${y + size * 1.2 - 16} H${x + 16} Z`,
      accent,
    )
  const calendar =
    rect(x, y, size * 0.8, size, '#FFFDF8') +
    rect(x, y, size * 0.8, size * 0.24, accent) +
    each(20, (i) =>
      rect(
        x + size * 0.08 + (i % 5) * size * 0.13,
        y + size * 0.34 + Math.floor(i / 5) * size * 0.15,
        size * 0.07,
        size * 0.07,
        'rgba(43,40,37,.22)',
      ),
    )
  const ledge =
    rect(x, y + size, size * 1.1, 18, '#A5774B') +
    shape(
      `M${x + size * 0.3} ${y + size * 0.7} h${size * 0.3} l${-size * 0.05} ${size * 0.3} h${-size * 0.2} Z`,
      accent,
    ) +
    each(5, (i) =>
      moved(
        `translate(${(x + size * 0.45).toFixed(0)} ${(y + size * 0.7).toFixed(0)}) rotate(${-60 + i * 30})`,
        oval(0, -size * 0.18, size * 0.06, size * 0.18, LEAF),
      ),
    )
  const stripe = rect(0, height * 0.44, width, 12, toned(wall, -0.1))
  return chance.pick([picture, calendar, ledge, stripe, ''])
}

function floor(frame: Frame): Backdrop {
  const { width, height, wall, ground, chance } = frame
  const edge = height * chance.between(0.66, 0.74)
  const boards = each(7, (i) => {
    const x = (width / 6) * i
    return line(
      `M${x.toFixed(0)} ${edge.toFixed(0)} L${(x + (x - width / 2) * 0.7).toFixed(0)} ${height}`,
      toned(ground, -0.14),
      5,
    )
  })
  const rug = chance.happens(0.35)
    ? oval(width / 2, height * 0.88, width * 0.42, height * 0.085, toned(frame.accent, 0.45)) +
      oval(width / 2, height * 0.88, width * 0.37, height * 0.068, toned(frame.accent, 0.6))
    : ''
  return {
    ground: chance.between(0.86, 0.9),
    svg:
      rect(0, 0, width, height, wall) +
      (chance.happens(0.55) ? windowLight(frame) : '') +
      wallPiece(frame) +
      rect(0, edge, width, height - edge, ground) +
      boards +
      rect(0, edge - 34, width, 34, toned(wall, 0.45)) +
      rect(0, edge, width, 16, 'rgba(40,28,16,.16)') +
      rug,
  }
}

function table(frame: Frame): Backdrop {
  const { width, height, wall, ground, chance } = frame
  const edge = height * chance.between(0.68, 0.76)
  const cloth = chance.happens(0.4)
    ? shape(
        `M${width * 0.14} ${edge + 60} H${width * 0.86} L${width * 0.97} ${height * 0.93} H${width * 0.03} Z`,
        toned(frame.accent, 0.5),
      ) + line(`M${width * 0.12} ${edge + 100} H${width * 0.88}`, 'rgba(255,255,255,.5)', 8)
    : ''
  const grain = each(3, (i) =>
    line(
      `M0 ${edge + 70 + i * height * 0.07} q${width * 0.3} ${chance.between(-24, 24)} ${width * 0.55} 0 t${width * 0.5} 0`,
      toned(ground, -0.09),
      6,
    ),
  )
  return {
    ground: chance.between(0.84, 0.87),
    svg:
      rect(0, 0, width, height, wall) +
      (chance.happens(0.5) ? windowLight(frame) : '') +
      wallPiece(frame) +
      rect(0, edge, width, height - edge, ground) +
      grain +
      rect(0, edge, width, 14, toned(ground, 0.25)) +
      cloth,
  }
}

function sill(frame: Frame): Backdrop {
  const { width, height, wall, ground, chance } = frame
  const [x, y, w] = [width * chance.between(0.1, 0.2), height * 0.05, width * chance.between(0.62, 0.72)]
  const bottom = height * 0.76
  const sky = chance.pick(['#BFD9DE', '#F3D3AE', '#D9E4DC', '#F0C4A4'])
  const hills =
    shape(
      `M${x} ${height * 0.55} Q${x + w * 0.3} ${height * 0.4} ${x + w * 0.55} ${height * 0.54} T${x + w} ${height * 0.5} V${bottom} H${x} Z`,
      '#8FAE96',
    ) +
    shape(
      `M${x} ${height * 0.64} Q${x + w * 0.5} ${height * 0.54} ${x + w} ${height * 0.65} V${bottom} H${x} Z`,
      '#6E937C',
    )
  const frameBars =
    rect(x + w / 2 - 14, y, 28, bottom - y, '#FBF5E9') + rect(x, height * 0.36, w, 24, '#FBF5E9')
  const curtain =
    shape(`M0 0 H${x + 40} Q${x - 40} ${height * 0.4} ${x + 10} ${bottom} H0 Z`, 'rgba(255,252,244,.72)') +
    line(`M${x * 0.4} 0 Q${x * 0.3} ${height * 0.4} ${x * 0.45} ${bottom}`, 'rgba(120,100,70,.12)', 14)
  return {
    ground: 0.86,
    svg:
      rect(0, 0, width, height, wall) +
      rect(x - 34, 0, w + 68, bottom, '#FBF5E9') +
      rect(x, y, w, bottom - y, sky) +
      disc(x + w * chance.between(0.2, 0.85), height * 0.22, width * 0.06, 'rgba(255,248,225,.85)') +
      hills +
      frameBars +
      curtain +
      rect(0, bottom, width, height - bottom, ground) +
      rect(0, bottom, width, 18, toned(ground, 0.3)),
  }
}

function yard(frame: Frame): Backdrop {
  const { width, height, chance } = frame
  const sky = chance.pick(['#CFE3E4', '#F6DDBB', '#E7E6D6', '#F3CBA7'])
  const earth = chance.pick(['#D9BE96', '#CDB08A', '#B9BE93', '#C9B79C'])
  const edge = height * chance.between(0.62, 0.7)
  const top = edge - height * chance.between(0.16, 0.26)
  const stones = each(22, (i) =>
    rect(
      ((i % 11) * width) / 11 + (i > 10 ? -width / 22 : 0),
      top + 60 + Math.floor(i / 11) * ((edge - top - 60) / 2) + 8,
      width / 11 - 12,
      (edge - top - 60) / 2 - 14,
      toned('#CDBBA0', chance.between(-0.1, 0.15)),
      22,
    ),
  )
  const tiles =
    rect(0, top, width, 44, '#5B5852') +
    each(16, (i) => disc((i * width) / 15, top + 40, width / 36, '#6B6761'))
  const [treeX, treeY] = [width * chance.pick([0.14, 0.84]), top - height * 0.04]
  const tree =
    line(
      `M${treeX} ${top + 20} Q${treeX - 20} ${treeY - 40} ${treeX + 30} ${treeY - height * 0.16}`,
      '#6B4A32',
      34,
    ) +
    each(6, (i) =>
      disc(
        treeX + (i - 2.5) * width * 0.05,
        treeY - height * (0.1 + (i % 2) * 0.08),
        width * 0.075,
        toned('#6F8A4E', (i % 3) * 0.1),
      ),
    ) +
    each(7, (i) =>
      disc(
        treeX + (i - 3) * width * 0.04,
        treeY - height * (0.06 + (i % 3) * 0.06),
        width * 0.013,
        '#D9622B',
      ),
    )
  return {
    ground: chance.between(0.86, 0.9),
    svg:
      rect(0, 0, width, height, sky) +
      disc(width * chance.between(0.3, 0.7), height * 0.16, width * 0.07, 'rgba(255,250,230,.9)') +
      shape(
        `M0 ${height * 0.42} Q${width * 0.25} ${height * 0.26} ${width * 0.5} ${height * 0.4} T${width} ${height * 0.36} V${edge} H0 Z`,
        '#A9BFA6',
      ) +
      tree +
      rect(0, top, width, edge - top, '#B7A489') +
      stones +
      tiles +
      rect(0, edge, width, height - edge, earth) +
      rect(0, edge, width, 22, 'rgba(60,40,20,.16)') +
      each(9, () =>
        oval(
          chance.between(0, width),
          chance.between(edge + 40, height),
          chance.between(14, 40),
          8,
          toned(earth, -0.12),
        ),
      ),
  }
}

function hung(frame: Frame): Backdrop {
  const { width, height, wall, ground } = frame
  const edge = height * 0.93
  return {
    ground: 0.9,
    svg:
      rect(0, 0, width, height, wall) +
      windowLight(frame) +
      rect(0, edge, width, height - edge, ground) +
      rect(0, edge - 26, width, 26, toned(wall, 0.4)) +
      rect(0, edge, width, 12, 'rgba(40,28,16,.16)'),
  }
}

const Backdrops: Record<Setting, (frame: Frame) => Backdrop> = { floor, table, sill, yard, hung }
export const backdropOf = (setting: Setting, frame: Frame): Backdrop => Backdrops[setting](frame)

/** Shades shared by every picture: side and round light, lamp glow, the dark corners of a lens. */
export const SHADES = [
  '<linearGradient id="side"><stop offset="0" stop-color="#fff" stop-opacity=".14"/><stop offset=".45" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#1D140A" stop-opacity=".24"/></linearGradient>',
  '<radialGradient id="round" cx=".36" cy=".3" r=".75"><stop offset="0" stop-color="#fff" stop-opacity=".3"/><stop offset=".5" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#1D140A" stop-opacity=".34"/></radialGradient>',
  '<radialGradient id="glow"><stop offset="0" stop-color="#FFE6A8" stop-opacity=".75"/><stop offset="1" stop-color="#FFE6A8" stop-opacity="0"/></radialGradient>',
  '<linearGradient id="warm" x2="0" y2="1"><stop offset="0" stop-color="#FFE9B5" stop-opacity=".15"/><stop offset="1" stop-color="#FFE9B5" stop-opacity=".75"/></linearGradient>',
  '<radialGradient id="shadow"><stop offset="0" stop-color="#2A1C0E" stop-opacity=".42"/><stop offset=".6" stop-color="#2A1C0E" stop-opacity=".2"/><stop offset="1" stop-color="#2A1C0E" stop-opacity="0"/></radialGradient>',
  '<radialGradient id="lens" cx=".45" cy=".42" r=".8"><stop offset=".55" stop-color="#20140A" stop-opacity="0"/><stop offset="1" stop-color="#20140A" stop-opacity=".2"/></radialGradient>',
].join('')
