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
  STEEL,
  shape,
  type Tint,
  toned,
  WHITE,
} from './paint.ts'

/** A table lamp, lit, on a small side table. */
export function lamp({ main, second, wood }: Tint): string {
  return [
    litRect(-300, -330, 600, 44, wood, 12),
    line('M-240 -290 L-280 0 M240 -290 L280 0', toned(wood, -0.25), 34),
    disc(0, -700, 520, 'url(#glow)'),
    litOval(0, -340, 110, 22, toned(second, -0.2)),
    litShape('M-70 -345 C-130 -430 -90 -520 -24 -560 H24 C90 -520 130 -430 70 -345 Z', second),
    rect(-14, -620, 28, 70, METAL),
    shape('M-150 -900 H150 L250 -600 H-250 Z', toned(main, 0.45)),
    shape('M-150 -900 H150 L250 -600 H-250 Z', 'url(#warm)'),
    oval(0, -600, 250, 30, '#FFF0C9'),
    litRect(140, -360, 120, 30, main, 6),
    litRect(150, -386, 104, 26, CREAM, 6),
  ].join('')
}

/** A frying pan with two eggs on a gas ring. */
export function pan({ main, wood }: Tint): string {
  const egg = (x: number, y: number) =>
    shape(
      `M${x - 110} ${y} q-10 -60 60 -56 q40 -40 90 0 q90 -6 70 60 q-20 60 -110 40 q-100 20 -110 -44 Z`,
      WHITE,
    ) + oval(x, y - 10, 44, 30, '#F0A63A')
  return [
    litRect(-460, -60, 920, 60, STEEL, 16),
    line('M-300 -80 H300', INK, 22),
    litShape('M-440 -250 Q-420 -90 -300 -90 H200 Q330 -90 350 -250 Z', toned(main, -0.35)),
    oval(-45, -250, 395, 96, INK),
    oval(-45, -246, 350, 76, '#3A3632'),
    egg(-150, -240),
    egg(70, -262),
    litShape('M330 -262 L640 -342 Q690 -350 690 -312 Q690 -290 650 -282 L340 -222 Z', wood),
    line('M-200 -380 q-30 -50 0 -100 t0 -100 M20 -390 q-30 -50 0 -100 t0 -100', 'rgba(255,255,255,.5)', 16),
  ].join('')
}

/** A kettle with steam and a cup beside it. */
export function kettle({ main, second }: Tint): string {
  return [
    line('M-170 -560 C-170 -760 170 -760 170 -560', INK, 40),
    litShape('M-300 0 C-330 -200 -270 -520 -160 -560 H160 C270 -520 330 -200 300 0 Z', main),
    litShape('M240 -330 C330 -360 350 -460 430 -500 L470 -450 C420 -400 400 -260 290 -200 Z', main),
    litOval(0, -560, 165, 34, toned(main, -0.2)),
    disc(0, -600, 32, INK),
    shape(
      'M-220 -90 C-240 -250 -200 -420 -130 -480 L-90 -470 C-150 -380 -170 -230 -150 -90 Z',
      'rgba(255,255,255,.28)',
    ),
    line('M470 -540 q-30 -50 10 -100 t10 -100', 'rgba(255,255,255,.55)', 20),
    litShape('M-560 -190 H-370 L-390 0 H-540 Z', second),
    oval(-465, -190, 95, 20, toned(second, -0.45)),
    line('M-560 -150 C-640 -150 -630 -50 -548 -60', second, 24),
  ].join('')
}

/** An electric rice cooker, lid closed, steam rising. */
export function riceCooker({ main, second, chance }: Tint): string {
  const body = chance.happens(0.5) ? WHITE : toned(second, 0.6)
  return [
    litShape(
      'M-380 -40 C-440 -260 -420 -420 -380 -480 H380 C420 -420 440 -260 380 -40 Q370 0 320 0 H-320 Q-370 0 -380 -40 Z',
      body,
    ),
    litShape('M-385 -480 C-380 -640 -220 -700 0 -700 C220 -700 380 -640 385 -480 Z', toned(body, -0.06)),
    rect(-390, -496, 780, 24, toned(main, 0.1), 10),
    litRect(-150, -390, 300, 250, INK, 30),
    rect(-116, -356, 232, 90, '#8CC9B5', 12),
    rect(-90, -326, 110, 12, INK, 6),
    rect(-90, -304, 70, 12, INK, 6),
    disc(-70, -200, 30, main),
    disc(70, -200, 30, METAL),
    litRect(-60, -730, 120, 40, toned(main, -0.1), 18),
    line('M160 -720 q-30 -50 0 -100 t0 -90 M230 -700 q-20 -40 0 -80', 'rgba(255,255,255,.6)', 16),
    shape(
      'M-330 -100 C-370 -240 -360 -360 -330 -440 L-280 -440 C-310 -340 -310 -220 -280 -100 Z',
      'rgba(255,255,255,.4)',
    ),
  ].join('')
}

/** A standing fan with its blades turning to a halt. */
export function fan({ main, second, chance }: Tint): string {
  const turn = chance.whole(0, 70)
  const blade = (i: number) =>
    moved(
      `translate(0 -760) rotate(${turn + i * 90})`,
      shape('M0 0 C60 -40 170 -120 130 -220 C60 -260 -40 -190 0 0 Z', toned(second, 0.25)),
    )
  const wire = (i: number) =>
    moved(`translate(0 -760) rotate(${i * 20})`, line('M0 -70 V-270', 'rgba(70,66,60,.45)', 6))
  return [
    litOval(0, -24, 230, 40, toned(main, -0.1)),
    litRect(-24, -520, 48, 500, METAL, 20),
    litRect(-60, -420, 120, 130, main, 24),
    disc(0, -360, 18, WHITE),
    disc(0, -760, 280, 'rgba(255,255,255,.45)'),
    each(4, blade),
    each(18, wire),
    `<circle cx="0" cy="-760" r="280" fill="none" stroke="${toned(main, -0.1)}" stroke-width="24"/>`,
    disc(0, -760, 66, main),
    disc(-14, -776, 22, 'rgba(255,255,255,.4)'),
  ].join('')
}

/** Stacked ceramic bowls with a plate and chopsticks. */
export function bowls({ main, second, chance }: Tint): string {
  const glaze = [CREAM, toned(main, 0.35), toned(second, 0.3), '#8FB3A6']
  const bowl = (i: number) => {
    const y = -40 - i * 120
    const w = 300 - i * 18
    const fill = glaze[(i + chance.whole(0, 3)) % glaze.length] ?? CREAM
    return (
      litShape(
        `M${-w} ${y - 150} C${-w + 20} ${y - 20} -130 ${y} -100 ${y} H100 C130 ${y} ${w - 20} ${y - 20} ${w} ${y - 150} Z`,
        fill,
      ) +
      oval(0, y - 150, w, 40, toned(fill, -0.18)) +
      oval(0, y - 146, w - 26, 30, toned(fill, -0.3))
    )
  }
  return [
    litOval(0, -24, 440, 50, toned(second, 0.5)),
    oval(0, -36, 350, 34, toned(second, 0.3)),
    each(3, bowl),
    line('M330 -70 L640 -170 M360 -40 L660 -120', '#9A5B33', 18),
  ].join('')
}

/** A mug with coffee and a small plate of biscuits. */
export function mug({ main, second, wood }: Tint): string {
  return [
    litOval(-60, -20, 400, 46, toned(wood, 0.1)),
    line('M190 -400 C370 -420 370 -130 180 -150', main, 54),
    litShape('M-250 -500 H210 L190 -70 Q185 -20 130 -20 H-170 Q-225 -20 -230 -70 Z', main),
    oval(-20, -500, 230, 50, toned(main, -0.25)),
    oval(-20, -494, 205, 40, '#4A2E1E'),
    rect(-236, -330, 440, 70, toned(second, 0.4)),
    line('M-80 -600 q-40 -60 0 -120 t0 -110 M40 -600 q-40 -60 0 -120 t0 -110', 'rgba(255,255,255,.55)', 18),
    litOval(430, -34, 150, 40, '#C98B4E'),
    litOval(400, -84, 140, 38, '#D79C5E'),
    each(5, (i) => disc(330 + i * 36, -88 + (i % 2) * 14, 10, '#5A3521')),
  ].join('')
}

/** A round clock hung over a shelf with a plant. */
export function clock({ main, wood, chance }: Tint): string {
  const minute = chance.whole(0, 11) * 30
  return [
    litRect(-420, -40, 840, 40, wood, 8),
    disc(0, -520, 330, 'rgba(60,45,30,.18)'),
    disc(0, -540, 330, wood),
    disc(0, -540, 285, WHITE),
    each(12, (i) =>
      moved(`translate(0 -540) rotate(${i * 30})`, rect(-8, -262, 16, i % 3 === 0 ? 56 : 30, INK, 6)),
    ),
    moved(`translate(0 -540) rotate(${minute / 12 + 300})`, rect(-13, -150, 26, 170, INK, 12)),
    moved(`translate(0 -540) rotate(${minute})`, rect(-9, -230, 18, 260, INK, 9)),
    disc(0, -540, 22, main),
    litShape('M-380 -150 H-240 L-260 -40 H-360 Z', main),
    each(5, (i) =>
      moved(
        `translate(-310 -150) rotate(${-60 + i * 30})`,
        shape('M0 0 C-36 -60 -30 -120 0 -160 C30 -120 36 -60 0 0 Z', i % 2 ? LEAF : toned(LEAF, 0.2)),
      ),
    ),
  ].join('')
}

/** A cordless vacuum cleaner leaning on the wall. */
export function vacuum({ main, second }: Tint): string {
  return [
    litShape('M-260 0 Q-260 -80 -190 -90 H140 Q210 -80 210 0 Z', toned(second, -0.35)),
    rect(-250, -20, 450, 20, INK, 6),
    moved(
      'rotate(8 -20 -80)',
      litRect(-50, -640, 60, 570, METAL, 20),
      litRect(-90, -700, 140, 100, main, 24),
      litRect(-110, -900, 180, 220, toned(main, -0.1), 50),
      rect(-80, -860, 120, 130, 'rgba(255,255,255,.35)', 30),
      line('M60 -720 C200 -720 220 -930 60 -930', INK, 46),
      litRect(30, -720, 80, 130, STEEL, 20),
    ),
  ].join('')
}
