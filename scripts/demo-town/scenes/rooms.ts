import {
  CREAM,
  disc,
  each,
  INK,
  LEAF,
  line,
  litRect,
  litShape,
  METAL,
  moved,
  oval,
  rect,
  shape,
  type Tint,
  toned,
  WHITE,
} from './paint.ts'

/** A wooden chair with a cushion. */
export function chair({ main, wood }: Tint): string {
  const dark = toned(wood, -0.25)
  return [
    line('M-200 -420 L-230 0 M210 -420 L250 0', dark, 44),
    line('M-120 -400 L-110 -60 M150 -400 L140 -60', toned(wood, -0.4), 34),
    line('M-215 -190 H230', dark, 24),
    line('M-210 -430 L-250 -960 M200 -430 L170 -960', wood, 46),
    each(4, (i) => line(`M${-150 + i * 88} -450 L${-178 + i * 84} -880`, dark, 20)),
    litShape('M-290 -1000 Q-40 -1050 210 -1000 L200 -860 Q-40 -900 -270 -860 Z', wood),
    litRect(-270, -470, 540, 60, wood, 24),
    litRect(-250, -530, 500, 80, main, 38),
    line('M-150 -492 H150', 'rgba(255,255,255,.3)', 8),
  ].join('')
}

/** A solid wooden desk with a drawer, a lamp and some books on it. */
export function desk({ main, second, wood }: Tint): string {
  return [
    litRect(-600, -560, 1200, 56, wood, 10),
    litRect(-560, -504, 60, 504, toned(wood, -0.2)),
    litRect(500, -504, 60, 504, toned(wood, -0.3)),
    litRect(130, -504, 370, 300, toned(wood, -0.1)),
    rect(150, -484, 330, 120, wood, 6),
    rect(150, -344, 330, 120, wood, 6),
    disc(315, -424, 16, INK),
    disc(315, -284, 16, INK),
    litRect(-470, -640, 40, 80, main),
    litRect(-426, -680, 50, 120, second),
    litRect(-372, -660, 44, 100, CREAM),
    moved('rotate(12 -300 -560)', litRect(-322, -660, 40, 100, toned(main, 0.3))),
    line('M330 -566 L260 -760 L400 -860', INK, 18),
    litShape('M330 -900 L470 -830 L380 -760 Z', main),
    litRect(270, -580, 120, 20, INK, 8),
    litShape('M-60 -660 H60 L50 -560 H-50 Z', WHITE),
    line('M-10 -660 L-30 -750 M14 -660 L36 -740', main, 12),
  ].join('')
}

/** A shelf with rows of books and small things. */
export function shelf({ main, second, wood, chance }: Tint): string {
  const spines = [main, second, CREAM, toned(main, 0.4), toned(second, -0.3), '#8A6A00', '#5F7F8C']
  const row = (r: number) => {
    const base = -60 - r * 280
    const count = chance.whole(4, 7)
    const books = each(count, (i) => {
      const h = chance.between(140, 210)
      return litRect(-330 + i * 58, base - h, 50, h, spines[chance.whole(0, spines.length - 1)] ?? main, 4)
    })
    const rest = -330 + count * 58 + 60
    const pot =
      litShape(`M${rest} ${base - 90} h110 l-16 90 h-78 Z`, r % 2 ? second : CREAM) +
      each(3, (i) =>
        moved(`translate(${rest + 55} ${base - 90}) rotate(${-35 + i * 35})`, oval(0, -40, 22, 50, LEAF)),
      )
    return books + (rest < 240 ? pot : '') + litRect(-380, base, 760, 30, wood)
  }
  return [
    rect(-380, -960, 760, 960, toned(wood, -0.45)),
    each(3, row),
    litRect(-420, -980, 50, 980, wood),
    litRect(370, -980, 50, 980, toned(wood, -0.15)),
    litRect(-420, -990, 840, 40, wood, 6),
    litRect(-400, -40, 800, 40, wood),
  ].join('')
}

/** A two-seat sofa with cushions. */
export function sofa({ main, second, wood }: Tint): string {
  return [
    line('M-480 -60 L-500 0 M480 -60 L500 0', wood, 36),
    litRect(-520, -560, 1040, 360, toned(main, -0.08), 90),
    litRect(-600, -400, 180, 350, main, 70),
    litRect(420, -400, 180, 350, toned(main, -0.12), 70),
    litRect(-430, -300, 430, 150, toned(main, 0.12), 40),
    litRect(0, -300, 430, 150, toned(main, 0.08), 40),
    rect(-520, -160, 1040, 110, toned(main, -0.2), 30),
    moved('rotate(-12 -320 -360)', litRect(-410, -460, 190, 190, second, 34)),
    moved('rotate(9 310 -360)', litRect(220, -450, 180, 180, toned(second, 0.4), 34)),
  ].join('')
}

/** Books in a leaning stack with one open on top. */
export function books({ main, second, chance }: Tint): string {
  const colours = [main, second, '#E0B44C', toned(second, 0.35), toned(main, -0.3), CREAM, '#5F7F8C']
  const count = chance.whole(4, 6)
  const book = (i: number) => {
    const x = -340 + chance.between(-50, 50)
    const w = chance.between(600, 700)
    const y = -90 * (i + 1)
    const fill = colours[(i + chance.whole(0, 2)) % colours.length] ?? main
    return (
      litRect(x, y, w, 86, fill, 8) +
      rect(x + w - 40, y + 10, 40, 66, WHITE) +
      rect(x + 70, y + 26, 150, 14, 'rgba(255,255,255,.65)', 6) +
      rect(x + 70, y + 48, 90, 10, 'rgba(255,255,255,.4)', 5)
    )
  }
  const top = -90 * count
  return [
    each(count, book),
    litShape(
      `M-290 ${top - 30} Q-150 ${top - 110} 0 ${top - 40} Q150 ${top - 110} 290 ${top - 30} L300 ${top} H-300 Z`,
      main,
    ),
    shape(
      `M-270 ${top - 42} Q-140 ${top - 120} 0 ${top - 50} Q140 ${top - 120} 270 ${top - 42} L270 ${top - 20} Q140 ${top - 90} 0 ${top - 24} Q-140 ${top - 90} -270 ${top - 20} Z`,
      WHITE,
    ),
    line(`M0 ${top - 50} V${top - 10}`, toned(CREAM, -0.25), 6),
  ].join('')
}

/** A washing machine with its round door. */
export function washer({ second }: Tint): string {
  return [
    litRect(-380, -880, 760, 870, WHITE, 36),
    rect(-350, -850, 700, 120, toned(WHITE, -0.06), 20),
    rect(-320, -826, 200, 70, toned(second, 0.6), 12),
    disc(270, -790, 40, METAL),
    rect(40, -816, 140, 50, INK, 10),
    rect(60, -800, 60, 12, '#8CC9B5', 5),
    disc(0, -390, 270, METAL),
    disc(0, -390, 230, toned(second, -0.45)),
    shape('M-210 -390 Q-120 -450 -20 -380 T210 -370 A210 210 0 0 1 -210 -390 Z', toned(second, 0.2)),
    disc(-70, -300, 50, 'rgba(255,255,255,.55)'),
    disc(30, -330, 34, 'rgba(255,255,255,.45)'),
    oval(-90, -500, 80, 44, 'rgba(255,255,255,.3)'),
    rect(-330, -16, 80, 16, INK),
    rect(250, -16, 80, 16, INK),
  ].join('')
}

/** A suitcase with a name tag, half a step from leaving. */
export function suitcase({ main, second }: Tint): string {
  return [
    line('M-130 -700 V-960 H130 V-700', METAL, 26),
    rect(-150, -985, 300, 44, INK, 20),
    litRect(-320, -740, 640, 690, main, 70),
    each(5, (i) => rect(-240 + i * 110, -700, 30, 610, 'rgba(0,0,0,.13)', 14)),
    rect(-320, -420, 640, 26, toned(main, -0.3)),
    rect(-60, -446, 120, 74, METAL, 14),
    line('M120 -740 L180 -640', INK, 10),
    litRect(150, -650, 110, 150, second, 14),
    rect(172, -610, 66, 12, WHITE, 4),
    rect(172, -584, 44, 12, WHITE, 4),
    disc(-240, -24, 40, INK),
    disc(240, -24, 40, INK),
  ].join('')
}
