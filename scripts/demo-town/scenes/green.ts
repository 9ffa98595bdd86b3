import {
  CREAM,
  disc,
  each,
  INK,
  LEAF,
  line,
  litOval,
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

/** A monstera with cut leaves in a pot. */
export function monstera({ main, chance }: Tint): string {
  const leaf = (x: number, y: number, turn: number, size: number, fill: string) =>
    moved(
      `translate(${x} ${y}) rotate(${turn}) scale(${size})`,
      litShape(
        'M0 60 C-60 40 -190 20 -200 -110 L-120 -90 L-200 -150 C-190 -200 -170 -230 -140 -260 L-80 -200 L-110 -290 C-70 -330 -30 -345 0 -350 C30 -345 70 -330 110 -290 L80 -200 L140 -260 C170 -230 190 -200 200 -150 L120 -90 L200 -110 C190 20 60 40 0 60 Z',
        fill,
      ),
      line(
        'M0 50 V-320 M0 -60 L-120 -60 M0 -60 L120 -60 M0 -160 L-90 -200 M0 -160 L90 -200',
        'rgba(240,250,230,.35)',
        8,
      ),
    )
  const stems: [number, number, number, number][] = [
    [-330, -620, -52, 0.85],
    [320, -640, 50, 0.9],
    [-180, -840, -24, 0.95],
    [190, -880, 22, 1],
    [0, -700, -4, 1.05],
  ]
  return [
    ...stems.map(([x, y]) => line(`M0 -260 Q${x * 0.3} ${y * 0.7} ${x} ${y + 40}`, '#5B7F4A', 18)),
    ...stems.map(([x, y, turn, size], i) =>
      leaf(
        x,
        y,
        turn + chance.between(-9, 9),
        size * chance.between(0.9, 1.05),
        toned(LEAF, -0.15 + i * 0.08),
      ),
    ),
    litShape('M-220 -300 H220 L170 -20 Q165 0 140 0 H-140 Q-165 0 -170 -20 Z', main),
    litRect(-240, -330, 480, 70, toned(main, 0.12), 20),
  ].join('')
}

/** Three succulents in small pots. */
export function succulents({ main, second, chance }: Tint): string {
  const pots = [main, second, CREAM]
  const rosette = (tone: string) =>
    each(9, (i) =>
      moved(
        `rotate(${-80 + i * 20})`,
        shape('M0 0 C-44 -60 -40 -150 0 -190 C40 -150 44 -60 0 0 Z', toned(tone, (i % 3) * 0.12)),
      ),
    )
  const cactus =
    litRect(-66, -260, 132, 270, LEAF, 66) +
    each(5, (i) => line(`M${-44 + i * 22} -230 V-10`, 'rgba(255,255,255,.3)', 5)) +
    litRect(60, -190, 70, 54, LEAF, 26) +
    litRect(90, -240, 50, 100, LEAF, 25) +
    disc(0, -270, 26, '#E58A6B')
  const aloe = each(7, (i) =>
    moved(
      `rotate(${-66 + i * 22})`,
      shape('M-26 0 Q-20 -170 0 -290 Q20 -170 26 0 Z', toned('#6FA07F', (i % 2) * 0.18)),
    ),
  )
  const plants = [rosette('#7FA98A'), cactus, aloe]
  const shift = chance.whole(0, 2)
  return each(3, (i) => {
    const fill = pots[(i + shift) % 3] ?? main
    return moved(
      `translate(${-380 + i * 380} 0)`,
      moved('translate(0 -250)', plants[(i + shift * 2) % 3] ?? cactus),
      litShape('M-140 -270 H140 L110 0 H-110 Z', fill),
      rect(-150, -290, 300, 50, toned(fill, 0.15), 14),
    )
  })
}

/** A crate of fruit from somebody's garden. */
export function fruit({ main, wood, chance }: Tint): string {
  const colour = chance.pick(['#E0701F', '#D9A32B', '#B8402A', '#7E9A3C'])
  const piece = (x: number, y: number) =>
    litOval(x, y, 96, 86, colour) +
    oval(x - 30, y - 32, 24, 16, 'rgba(255,255,255,.4)') +
    shape(`M${x} ${y - 80} l-34 -26 l34 8 l34 -12 Z`, LEAF)
  return [
    each(4, (i) => piece(-290 + i * 190, -480 + (i % 2) * 24)),
    each(5, (i) => piece(-370 + i * 185, -390)),
    litRect(-500, -380, 1000, 110, wood, 8),
    litRect(-500, -250, 1000, 110, toned(wood, -0.06), 8),
    litRect(-500, -120, 1000, 120, wood, 8),
    litRect(-500, -390, 60, 390, toned(wood, -0.25)),
    litRect(440, -390, 60, 390, toned(wood, -0.3)),
    rect(-140, -350, 280, 60, main, 10),
  ].join('')
}

/** A cat on its scratching tower. */
export function catTower({ main, second, wood, chance }: Tint): string {
  const fur = chance.pick(['#3A3632', '#D99A55', '#BDB6AA'])
  return [
    litRect(-380, -50, 760, 50, toned(main, 0.35), 20),
    litRect(-50, -620, 100, 580, '#D7BE93'),
    each(14, (i) => line(`M-48 ${-600 + i * 40} L48 ${-588 + i * 40}`, 'rgba(110,84,50,.35)', 7)),
    litRect(-340, -330, 330, 280, second, 30),
    disc(-175, -180, 90, toned(second, -0.6)),
    litRect(-300, -660, 600, 60, wood, 26),
    litShape('M-190 -660 C-220 -800 -120 -860 -40 -850 C80 -840 160 -780 150 -660 Z', fur),
    line('M140 -680 C260 -690 250 -560 200 -540', fur, 44),
    disc(-130, -850, 110, fur),
    shape('M-226 -890 L-226 -1000 L-150 -940 Z M-110 -945 L-40 -1000 L-36 -890 Z', fur),
    disc(-168, -860, 15, '#E9C46A'),
    disc(-96, -860, 15, '#E9C46A'),
    shape('M-146 -826 h28 l-14 16 Z', '#D98E7A'),
    line('M270 -600 V-430', INK, 6),
    disc(270, -410, 36, main),
  ].join('')
}

/** A knitted scarf with its ball of yarn. */
export function yarn({ main, second }: Tint): string {
  return [
    litShape(
      'M-560 -30 Q-400 -260 -120 -210 Q120 -160 300 -260 L360 -110 Q120 -10 -120 -60 Q-360 -100 -470 0 Z',
      second,
    ),
    each(16, (i) =>
      line(`M${-470 + i * 50} ${-110 - Math.sin(i / 3) * 50} l24 70`, 'rgba(255,255,255,.28)', 12),
    ),
    disc(150, -300, 280, main),
    '<g>',
    each(6, (i) =>
      line(
        `M${-90 + i * 36} ${-440 + i * 8} Q${170} ${-420 + i * 70} ${390 - i * 20} ${-280 + i * 36}`,
        'rgba(255,255,255,.28)',
        13,
      ),
    ),
    each(5, (i) =>
      line(
        `M${-70 + i * 50} ${-140 - i * 6} Q${60 + i * 40} ${-330} ${80 + i * 66} ${-540 + i * 20}`,
        'rgba(0,0,0,.13)',
        13,
      ),
    ),
    '</g>',
    disc(150, -300, 280, 'url(#round)'),
    line('M-160 -620 L330 -190 M440 -650 L20 -200', '#C79A63', 22),
    disc(-164, -624, 24, INK),
    disc(444, -654, 24, INK),
    line('M380 -160 Q520 -40 620 -20', main, 13),
  ].join('')
}

/** Candles and a woven basket, made by hand. */
export function candles({ main, second, wood }: Tint): string {
  const candle = (x: number, w: number, h: number, fill: string) =>
    disc(x, -h - 90, 170, 'url(#glow)') +
    litRect(x - w / 2, -h, w, h, fill, 14) +
    oval(x, -h, w / 2, 18, toned(fill, 0.3)) +
    line(`M${x} ${-h} v-30`, INK, 8) +
    shape(
      `M${x} ${-h - 110} C${x + 40} ${-h - 60} ${x + 26} ${-h - 24} ${x} ${-h - 24} C${x - 26} ${-h - 24} ${x - 40} ${-h - 60} ${x} ${-h - 110} Z`,
      '#F4B23C',
    )
  return [
    litOval(0, -16, 520, 46, wood),
    candle(-260, 180, 420, CREAM),
    candle(0, 200, 620, toned(main, 0.3)),
    candle(270, 190, 300, toned(second, 0.4)),
    each(3, (i) => disc(-400 + i * 24, -50 - (i % 2) * 20, 22, METAL)),
    disc(420, -46, 30, WHITE),
  ].join('')
}
