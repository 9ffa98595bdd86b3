/** Every thing that can be drawn: its strokes, its size in scene units and the places where it is at home. */

import { candles, catTower, fruit, monstera, succulents, yarn } from './green.ts'
import { bowls, clock, fan, kettle, lamp, mug, pan, riceCooker, vacuum } from './home.ts'
import { ball, bicycle, campingChair, dumbbells, racket, skateboard, tent, tyre } from './outdoors.ts'
import type { Tint } from './paint.ts'
import { boardGame, guitar, sewingMachine, stroller, teddy, tickets, train } from './play.ts'
import { books, chair, desk, shelf, sofa, suitcase, washer } from './rooms.ts'
import { camera, controller, headphones, keyboard, monitor, phone } from './tech.ts'
import { backpack, coat, dress, perfume, shirt, sneakers, watch } from './wear.ts'

/** `floor` and `table` stand in a room, `sill` stands before a window, `yard` outside, `hung` on a wall. */
export type Setting = 'floor' | 'table' | 'sill' | 'yard' | 'hung'

export interface Scene {
  draw: (tint: Tint) => string
  width: number
  height: number
  settings: readonly [Setting, ...Setting[]]
}

const scene = (
  draw: Scene['draw'],
  width: number,
  height: number,
  ...settings: Scene['settings']
): Scene => ({
  draw,
  width,
  height,
  settings,
})

export const SCENES = {
  bicycle: scene(bicycle, 1280, 810, 'yard', 'floor', 'yard'),
  tent: scene(tent, 1450, 660, 'yard'),
  camping_chair: scene(campingChair, 800, 900, 'yard', 'floor'),
  skateboard: scene(skateboard, 1300, 310, 'yard', 'floor'),
  ball: scene(ball, 660, 660, 'yard', 'floor'),
  racket: scene(racket, 1100, 960, 'floor', 'yard'),
  dumbbells: scene(dumbbells, 1300, 400, 'floor'),
  tyre: scene(tyre, 860, 870, 'yard'),
  lamp: scene(lamp, 700, 940, 'floor'),
  pan: scene(pan, 1200, 520, 'table'),
  kettle: scene(kettle, 1100, 760, 'table', 'sill'),
  rice_cooker: scene(riceCooker, 860, 880, 'table'),
  fan: scene(fan, 600, 1040, 'floor'),
  bowls: scene(bowls, 1100, 440, 'table'),
  mug: scene(mug, 1060, 800, 'table', 'sill'),
  clock: scene(clock, 840, 880, 'hung'),
  vacuum: scene(vacuum, 600, 980, 'floor'),
  chair: scene(chair, 600, 1030, 'floor'),
  desk: scene(desk, 1200, 900, 'floor'),
  shelf: scene(shelf, 860, 1000, 'floor'),
  sofa: scene(sofa, 1200, 580, 'floor'),
  books: scene(books, 760, 640, 'table', 'sill'),
  washer: scene(washer, 780, 900, 'floor'),
  suitcase: scene(suitcase, 680, 1000, 'floor'),
  sneakers: scene(sneakers, 980, 460, 'floor', 'yard', 'table'),
  coat: scene(coat, 820, 1080, 'hung'),
  dress: scene(dress, 820, 1080, 'hung'),
  shirt: scene(shirt, 860, 770, 'table'),
  backpack: scene(backpack, 780, 980, 'floor', 'table'),
  perfume: scene(perfume, 980, 760, 'table', 'sill'),
  watch: scene(watch, 660, 800, 'table'),
  guitar: scene(guitar, 700, 1080, 'floor'),
  board_game: scene(boardGame, 1060, 720, 'table'),
  sewing_machine: scene(sewingMachine, 1080, 820, 'table'),
  train: scene(train, 1400, 680, 'floor', 'table'),
  teddy: scene(teddy, 800, 850, 'floor', 'sill'),
  stroller: scene(stroller, 900, 960, 'floor', 'yard'),
  tickets: scene(tickets, 960, 700, 'table'),
  camera: scene(camera, 860, 640, 'table', 'sill'),
  monitor: scene(monitor, 1140, 890, 'table'),
  keyboard: scene(keyboard, 1140, 580, 'table'),
  phone: scene(phone, 460, 830, 'table', 'sill'),
  headphones: scene(headphones, 760, 900, 'table'),
  controller: scene(controller, 1040, 500, 'table'),
  monstera: scene(monstera, 1000, 1280, 'floor', 'sill'),
  succulents: scene(succulents, 1120, 560, 'sill', 'table'),
  fruit: scene(fruit, 1020, 600, 'yard', 'table'),
  cat_tower: scene(catTower, 780, 1010, 'floor'),
  yarn: scene(yarn, 1240, 680, 'table'),
  candles: scene(candles, 1060, 760, 'table', 'sill'),
} as const satisfies Record<string, Scene>

export type SceneKind = keyof typeof SCENES
export const isSceneKind = (kind: string): kind is SceneKind => Object.hasOwn(SCENES, kind)
export const SCENE_KINDS: SceneKind[] = Object.keys(SCENES).filter(isSceneKind)
