import {
  CREAM,
  disc,
  each,
  INK,
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

/** A town bicycle with a basket. */
export function bicycle({ main, wood, chance }: Tint): string {
  const wheel = (x: number) =>
    ring(x, -250, 240, INK, 26) +
    ring(x, -250, 222, METAL, 8) +
    each(12, (i) =>
      moved(`translate(${x} -250) rotate(${i * 30})`, line('M0 0 V-216', 'rgba(120,116,108,.7)', 4)),
    ) +
    disc(x, -250, 26, STEEL)
  const basket = chance.happens(0.6)
    ? litShape('M330 -780 H560 L530 -610 H360 Z', wood) +
      each(4, (i) => line(`M${375 + i * 48} -770 L${385 + i * 42} -620`, toned(wood, -0.3), 8))
    : ''
  return [
    wheel(-390),
    wheel(390),
    line('M-390 -250 L-60 -230 L-150 -600 L300 -620 L-60 -230 M-390 -250 L-150 -600', main, 34),
    line('M390 -250 L290 -700', main, 30),
    line('M-160 -610 L-178 -700', METAL, 26),
    litShape('M-290 -740 Q-170 -770 -80 -720 Q-70 -690 -120 -690 H-250 Q-300 -700 -290 -740 Z', wood),
    line('M290 -700 Q300 -790 210 -800 M290 -710 Q330 -790 400 -770', INK, 26),
    ring(-60, -230, 70, STEEL, 18),
    line('M-60 -230 L10 -130 M-20 -126 H46', INK, 18),
    line('M-390 -225 L-60 -165 M-390 -275 L-60 -298', STEEL, 8),
    basket,
  ].join('')
}

/** A ridge tent with its door rolled open. */
export function tent({ main, second }: Tint): string {
  return [
    litShape('M-560 0 L-60 -640 L120 0 Z', main),
    litShape('M-60 -640 L330 -600 L640 0 H120 Z', toned(main, -0.22)),
    shape('M-330 0 L-60 -500 L0 0 Z', toned(main, -0.65)),
    shape('M-60 -500 L-330 0 L-420 0 Q-260 -180 -60 -500 Z', toned(second, 0.45)),
    shape('M-60 -500 L0 0 L70 0 Q20 -200 -60 -500 Z', toned(second, 0.3)),
    line('M-60 -640 L330 -600', WHITE, 10),
    line('M-60 -640 L-680 10 M330 -600 L760 10', 'rgba(246,238,223,.8)', 7),
    each(3, (i) => line(`M${300 + i * 90} -${40 + i * 8} l20 -60`, 'rgba(255,255,255,.2)', 8)),
    oval(-190, -20, 120, 26, '#E0B44C'),
    disc(-190, -70, 60, 'url(#glow)'),
  ].join('')
}

/** A folding camping chair with a cup in its arm. */
export function campingChair({ main, second }: Tint): string {
  return [
    line('M-330 0 L210 -460 M330 0 L-210 -460 M-300 -20 L-260 -900 M300 -20 L260 -900', INK, 26),
    litShape('M-270 -900 Q0 -860 270 -900 L230 -440 Q0 -380 -230 -440 Z', main),
    litShape('M-240 -440 Q0 -380 240 -440 L300 -300 Q0 -220 -300 -300 Z', toned(main, -0.15)),
    shape('M-250 -860 Q0 -820 250 -860 L244 -790 Q0 -750 -244 -790 Z', toned(second, 0.3)),
    line('M-370 -520 L-240 -540 M370 -520 L240 -540', INK, 40),
    litShape('M310 -640 H400 L390 -530 H320 Z', second),
    oval(355, -640, 45, 12, WHITE),
  ].join('')
}

/** A skateboard standing on its edge. */
export function skateboard({ main, second, chance }: Tint): string {
  const wheels = chance.happens(0.5) ? '#E9C46A' : CREAM
  const truck = (x: number) =>
    rect(x - 60, -150, 120, 40, METAL, 12) +
    disc(x - 50, -70, 68, wheels) +
    disc(x - 50, -70, 26, STEEL) +
    disc(x + 50, -70, 68, toned(wheels, -0.15)) +
    disc(x + 50, -70, 26, STEEL)
  return [
    truck(-330),
    truck(330),
    litShape(
      'M-640 -270 Q-600 -170 -480 -170 H480 Q600 -170 640 -270 Q660 -310 620 -300 Q560 -220 470 -220 H-470 Q-560 -220 -620 -300 Q-660 -310 -640 -270 Z',
      main,
    ),
    shape(
      'M-470 -226 H470 Q560 -226 616 -300 L590 -310 Q540 -250 460 -250 H-460 Q-540 -250 -590 -310 L-616 -300 Q-560 -226 -470 -226 Z',
      INK,
    ),
    each(4, (i) =>
      moved(
        `translate(${-220 + i * 140} -196)`,
        shape('M-40 -14 L40 -14 L20 14 L-60 14 Z', toned(second, 0.3)),
      ),
    ),
  ].join('')
}

/** A leather football. */
export function ball({ main }: Tint): string {
  const patch = (x: number, y: number, r: number, turn: number) =>
    moved(
      `translate(${x} ${y}) rotate(${turn})`,
      shape(
        `M0 ${-r} L${r * 0.95} ${-r * 0.31} L${r * 0.59} ${r * 0.81} L${-r * 0.59} ${r * 0.81} L${-r * 0.95} ${-r * 0.31} Z`,
        main,
      ),
    )
  return [
    disc(0, -330, 330, WHITE),
    '<clipPath id="ball"><circle cx="0" cy="-330" r="330"/></clipPath><g clip-path="url(#ball)">',
    patch(-10, -350, 120, 0),
    ...[0, 72, 144, 216, 288].map((a) =>
      moved(
        `rotate(${a} -10 -350)`,
        patch(-10, -650, 110, 36),
        line('M-10 -460 V-560 M-80 -600 L-170 -560', 'rgba(60,56,50,.55)', 12),
      ),
    ),
    '</g>',
    disc(0, -330, 330, 'url(#round)'),
  ].join('')
}

/** A badminton racket and two shuttlecocks. */
export function racket({ main, second }: Tint): string {
  const shuttle = (x: number, turn: number) =>
    moved(
      `translate(${x} -60) rotate(${turn})`,
      shape('M-30 0 L-110 -200 Q0 -240 110 -200 L30 0 Z', WHITE),
      each(5, (i) => line(`M${-20 + i * 10} 0 L${-84 + i * 42} -205`, 'rgba(90,84,76,.35)', 5)),
      shape('M-34 0 H34 Q34 56 0 56 Q-34 56 -34 0 Z', second),
    )
  return [
    moved(
      'rotate(-24 0 -200)',
      each(9, (i) => line(`M${-176 + i * 44} -930 V-480`, 'rgba(250,246,238,.9)', 5)),
      each(10, (i) => line(`M-190 ${-910 + i * 46} H190`, 'rgba(250,246,238,.9)', 5)),
      `<ellipse cx="0" cy="-705" rx="205" ry="255" fill="none" stroke="${main}" stroke-width="32"/>`,
      line('M0 -450 V-180', METAL, 22),
      litRect(-26, -210, 52, 260, INK, 20),
      each(5, (i) => line(`M-24 ${-170 + i * 44} l48 -20`, 'rgba(255,255,255,.25)', 7)),
    ),
    shuttle(330, 18),
    shuttle(540, -30),
  ].join('')
}

/** A pair of dumbbells on a mat. */
export function dumbbells({ main, second }: Tint): string {
  const bell = (y: number, x: number) =>
    litRect(x - 220, y - 26, 440, 52, METAL, 20) +
    [-1, 1]
      .map(
        (s) =>
          litRect(x + s * 250 - 60, y - 130, 120, 260, main, 34) +
          litRect(x + s * 340 - 34, y - 95, 68, 190, toned(main, -0.2), 24),
      )
      .join('')
  return [
    litShape('M-640 -30 L-480 -200 H520 L660 -30 Z', toned(second, 0.25)),
    litRect(-640, -36, 1300, 36, second, 16),
    bell(-250, 40),
    bell(-150, -60),
  ].join('')
}

/** A set of car tyres. */
export function tyre({ main }: Tint): string {
  const lying = (y: number) =>
    litRect(-330, y - 130, 660, 130, INK, 54) +
    each(11, (i) => rect(-310 + i * 58, y - 126, 12, 122, 'rgba(255,255,255,.08)')) +
    rect(-330, y - 74, 660, 8, 'rgba(255,255,255,.14)')
  return [
    lying(0),
    lying(-134),
    disc(120, -570, 300, INK),
    ring(120, -570, 270, 'rgba(255,255,255,.1)', 10),
    disc(120, -570, 190, METAL),
    disc(120, -570, 168, toned(METAL, 0.25)),
    each(5, (i) => moved(`rotate(${i * 72} 120 -570)`, shape('M96 -590 L70 -716 H170 L144 -590 Z', STEEL))),
    litOval(120, -570, 52, 52, main),
  ].join('')
}
