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
  ring,
  STEEL,
  shape,
  type Tint,
  toned,
  WHITE,
} from './paint.ts'

/** An acoustic guitar leaning. */
export function guitar({ wood, main }: Tint): string {
  return moved(
    'rotate(9 0 0)',
    litShape(
      'M0 -480 C150 -500 200 -400 160 -320 C140 -270 260 -220 250 -110 C240 0 120 10 0 10 C-120 10 -240 0 -250 -110 C-260 -220 -140 -270 -160 -320 C-200 -400 -150 -500 0 -480 Z',
      wood,
    ),
    shape(
      'M0 -440 C110 -455 150 -390 120 -320 C100 -250 210 -210 205 -110 C200 -30 110 -24 0 -24 C-110 -24 -200 -30 -205 -110 C-210 -210 -100 -250 -120 -320 C-150 -390 -110 -455 0 -440 Z',
      toned(wood, 0.22),
    ),
    disc(0, -270, 80, INK),
    ring(0, -270, 92, main, 12),
    litRect(-36, -900, 72, 560, '#4A3222'),
    each(8, (i) => rect(-36, -860 + i * 62, 72, 6, METAL)),
    litShape('M-54 -1060 H54 L42 -890 H-42 Z', '#3A271B'),
    each(3, (i) => disc(-66, -1030 + i * 50, 14, CREAM) + disc(66, -1030 + i * 50, 14, CREAM)),
    rect(-90, -130, 180, 26, INK, 8),
    each(6, (i) => line(`M${-25 + i * 10} -1000 V-120`, 'rgba(250,246,238,.85)', 3)),
    shape('M90 -330 Q150 -280 120 -210 Q90 -190 84 -250 Z', main),
  )
}

/** A board game: board, pieces and two dice. */
export function boardGame({ main, second, wood }: Tint): string {
  const cell = (i: number) => {
    const [col, row] = [i % 6, Math.floor(i / 6)]
    return rect(-360 + col * 120, -640 + row * 120, 120, 120, (col + row) % 2 ? CREAM : toned(second, 0.15))
  }
  const pawn = (x: number, y: number, fill: string) =>
    litShape(`M${x - 46} ${y} L${x - 16} ${y - 90} H${x + 16} L${x + 46} ${y} Z`, fill) +
    disc(x, y - 110, 34, fill) +
    disc(x - 10, y - 122, 10, 'rgba(255,255,255,.5)')
  const die = (x: number, y: number, turn: number) =>
    moved(
      `translate(${x} ${y}) rotate(${turn})`,
      litRect(-56, -56, 112, 112, WHITE, 20),
      disc(-26, -26, 12, INK),
      disc(26, 26, 12, INK),
      disc(0, 0, 12, main),
    )
  return [
    litRect(-420, -700, 840, 720, wood, 20),
    moved(
      'translate(0 0)',
      each(36, (i) => (Math.floor(i / 6) < 5 ? cell(i) : '')),
    ),
    pawn(-180, -440, main),
    pawn(60, -320, main),
    pawn(180, -540, toned(second, -0.4)),
    pawn(-60, -170, toned(second, -0.4)),
    pawn(300, -200, '#E0B44C'),
    die(500, -120, 14),
    die(560, -290, -22),
  ].join('')
}

/** A sewing machine with a spool of thread. */
export function sewingMachine({ main, second, wood }: Tint): string {
  return [
    litRect(-520, -90, 1040, 90, wood, 16),
    litRect(-440, -180, 880, 100, toned(main, -0.1), 20),
    litShape(
      'M430 -170 V-620 Q430 -700 340 -700 H-330 Q-420 -700 -420 -610 V-450 H-270 V-500 Q-270 -530 -230 -530 H180 Q220 -530 220 -480 V-170 Z',
      main,
    ),
    disc(465, -560, 80, METAL),
    disc(465, -560, 30, STEEL),
    litRect(-40, -800, 90, 110, second, 10),
    each(4, (i) => line(`M-36 ${-780 + i * 24} L46 ${-772 + i * 24}`, 'rgba(255,255,255,.5)', 6)),
    line('M-6 -780 L-300 -720 L-345 -400', second, 5),
    rect(-365, -460, 40, 160, STEEL, 8),
    line('M-345 -300 V-190', METAL, 10),
    rect(-390, -210, 100, 24, METAL, 8),
    disc(320, -600, 34, WHITE),
    disc(320, -480, 34, WHITE),
    rect(-200, -650, 330, 30, 'rgba(255,255,255,.25)', 14),
    shape('M-430 -186 H-160 Q-120 -120 -220 -40 L-430 -20 Z', toned(second, 0.35)),
  ].join('')
}

/** A wooden toy train with two wagons. */
export function train({ main, second, wood }: Tint): string {
  const wheels = (x: number) =>
    [x, x + 150].map((at) => disc(at, -70, 64, INK) + disc(at, -70, 26, '#E0B44C')).join('')
  return [
    litRect(-700, -24, 1400, 24, toned(wood, -0.3)),
    each(12, (i) => rect(-680 + i * 118, -30, 50, 30, wood)),
    litRect(-640, -300, 320, 200, second, 20),
    disc(-560, -330, 60, main),
    disc(-460, -340, 70, '#E0B44C'),
    disc(-380, -326, 50, LEAF),
    litRect(-640, -250, 320, 150, toned(second, -0.1), 12),
    wheels(-555),
    line('M-320 -120 H-260', INK, 22),
    litRect(-260, -290, 300, 180, '#E0B44C', 16),
    litRect(-230, -380, 240, 110, wood, 12),
    wheels(-185),
    line('M40 -120 H110', INK, 22),
    litRect(110, -500, 220, 390, main, 20),
    rect(150, -450, 140, 130, toned(second, 0.6), 12),
    litRect(80, -540, 290, 54, toned(main, -0.3), 20),
    litRect(310, -330, 300, 220, toned(main, 0.15), 60),
    litShape('M450 -330 L430 -470 H550 L530 -330 Z', INK),
    wheels(200),
    disc(520, -66, 60, INK),
    disc(520, -66, 24, '#E0B44C'),
    disc(610, -220, 30, '#FFF0C9'),
    disc(470, -540, 46, 'rgba(255,255,255,.6)'),
    disc(400, -610, 62, 'rgba(255,255,255,.45)'),
  ].join('')
}

/** A teddy bear sitting. */
export function teddy({ main, chance }: Tint): string {
  const fur = chance.happens(0.5) ? '#B98354' : '#D6B48A'
  const dark = toned(fur, -0.2)
  return [
    litOval(-250, -90, 150, 100, dark),
    litOval(250, -90, 150, 100, dark),
    oval(-270, -80, 70, 56, toned(fur, 0.35)),
    oval(270, -80, 70, 56, toned(fur, 0.35)),
    litOval(0, -240, 240, 250, fur),
    oval(0, -220, 140, 160, toned(fur, 0.35)),
    moved('rotate(24 -230 -330)', litOval(-240, -300, 80, 160, dark)),
    moved('rotate(-24 230 -330)', litOval(240, -300, 80, 160, dark)),
    disc(-170, -760, 90, dark),
    disc(170, -760, 90, dark),
    disc(-170, -760, 48, toned(fur, 0.35)),
    disc(170, -760, 48, toned(fur, 0.35)),
    litOval(0, -620, 240, 210, fur),
    oval(0, -560, 104, 82, toned(fur, 0.4)),
    disc(-84, -660, 22, INK),
    disc(84, -660, 22, INK),
    oval(0, -596, 34, 24, INK),
    line('M0 -572 Q-34 -520 -60 -540 M0 -572 Q34 -520 60 -540', INK, 9),
    shape('M0 -420 L-130 -470 L-130 -360 Z M0 -420 L130 -470 L130 -360 Z', main),
    disc(0, -420, 34, toned(main, -0.25)),
  ].join('')
}

/** A baby stroller. */
export function stroller({ main, second }: Tint): string {
  const wheel = (x: number) =>
    disc(x, -110, 110, INK) +
    disc(x, -110, 76, METAL) +
    each(6, (i) => moved(`rotate(${i * 60} ${x} -110)`, line(`M${x} -110 V-180`, STEEL, 8))) +
    disc(x, -110, 20, INK)
  return [
    line('M-260 -110 L220 -470 M300 -110 L-160 -470 M220 -470 L430 -840', STEEL, 26),
    line('M400 -850 L480 -810', INK, 42),
    litShape('M-360 -620 H260 Q250 -340 40 -330 H-130 Q-340 -340 -360 -620 Z', main),
    litShape('M-360 -620 C-370 -860 -180 -960 -40 -940 L10 -620 Z', toned(main, -0.2)),
    line('M-40 -940 L-60 -620 M-190 -915 L-130 -620 M-310 -820 L-240 -622', toned(main, -0.45), 10),
    litRect(-370, -650, 640, 50, second, 24),
    rect(-200, -500, 260, 90, 'rgba(255,255,255,.18)', 30),
    wheel(-260),
    wheel(300),
  ].join('')
}

/** Two tickets, one torn at the edge. */
export function tickets({ main, second }: Tint): string {
  const ticket = (fill: string) =>
    litShape('M-420 -150 H420 V-40 A40 40 0 0 0 420 40 V150 H-420 V40 A40 40 0 0 0 -420 -40 Z', fill) +
    line('M200 -130 V130', 'rgba(255,255,255,.75)', 8) +
    each(9, (i) => disc(200, -124 + i * 31, 7, fill)) +
    rect(-360, -96, 300, 40, 'rgba(255,255,255,.85)', 8) +
    rect(-360, -30, 420, 20, 'rgba(255,255,255,.5)', 8) +
    rect(-360, 20, 340, 20, 'rgba(255,255,255,.5)', 8) +
    each(7, (i) => rect(258 + i * 18, -90, 6 + (i % 3) * 4, 180, 'rgba(255,255,255,.85)'))
  return (
    moved('translate(30 -430) rotate(-14)', ticket(second)) +
    moved('translate(-20 -230) rotate(7)', ticket(main))
  )
}
