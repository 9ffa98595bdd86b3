/**
 * The few strokes the scenes are drawn with. Things stand on (0, 0) with y growing downwards, about 1000 units large;
 * light falls from the upper left, so every lit shape gets the same soft shade on its right.
 */
import type { Chance } from '../chance.ts'

/** The colours one thing is painted with. */
export interface Tint {
  main: string
  second: string
  wood: string
  chance: Chance
}

export const INK = '#2B2825'
export const CREAM = '#F6EEDF'
export const WHITE = '#FFFDF8'
export const METAL = '#B9B6AE'
export const STEEL = '#8A8780'
export const LEAF = '#3F7A55'

const n = (value: number): string => String(Math.round(value * 10) / 10)

export const rect = (x: number, y: number, w: number, h: number, fill: string, rx = 0): string =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" rx="${n(rx)}" fill="${fill}"/>`
export const oval = (cx: number, cy: number, rx: number, ry: number, fill: string): string =>
  `<ellipse cx="${n(cx)}" cy="${n(cy)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}"/>`
export const disc = (cx: number, cy: number, r: number, fill: string): string => oval(cx, cy, r, r, fill)
export const shape = (d: string, fill: string): string => `<path d="${d}" fill="${fill}"/>`
export const line = (d: string, stroke: string, width: number): string =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${n(width)}" stroke-linecap="round" stroke-linejoin="round"/>`
export const ring = (cx: number, cy: number, r: number, stroke: string, width: number): string =>
  `<circle cx="${n(cx)}" cy="${n(cy)}" r="${n(r)}" fill="none" stroke="${stroke}" stroke-width="${n(width)}"/>`
export const moved = (transform: string, ...parts: string[]): string =>
  `<g transform="${transform}">${parts.join('')}</g>`

/** The same shapes with the light on them. */
export const litRect = (x: number, y: number, w: number, h: number, fill: string, rx = 0): string =>
  rect(x, y, w, h, fill, rx) + rect(x, y, w, h, 'url(#side)', rx)
export const litOval = (cx: number, cy: number, rx: number, ry: number, fill: string): string =>
  oval(cx, cy, rx, ry, fill) + oval(cx, cy, rx, ry, 'url(#side)')
export const litShape = (d: string, fill: string): string => shape(d, fill) + shape(d, 'url(#side)')

/** `amount` from -1 (black) over 0 (as it is) to 1 (white). */
export function toned(colour: string, amount: number): string {
  const goal = amount < 0 ? 0 : 255
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16)
    return Math.round(value + (goal - value) * Math.abs(amount))
      .toString(16)
      .padStart(2, '0')
  }
  return `#${channel(1)}${channel(3)}${channel(5)}`
}

/** One piece for each step of `count`. */
export const each = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join('')
