import {
  disc,
  each,
  INK,
  line,
  litRect,
  litShape,
  METAL,
  oval,
  rect,
  ring,
  STEEL,
  shape,
  type Tint,
  toned,
  WHITE,
} from './paint.ts'

/** A film camera on its base. */
export function camera({ main, chance }: Tint): string {
  const body = chance.happens(0.5) ? INK : main
  return [
    litRect(-420, -520, 840, 500, toned(METAL, 0.25), 50),
    litRect(-420, -420, 840, 300, body, 20),
    litShape('M-170 -520 L-120 -620 H130 L180 -520 Z', toned(METAL, 0.3)),
    rect(-70, -596, 150, 60, INK, 12),
    rect(230, -574, 110, 54, STEEL, 12),
    rect(-360, -560, 90, 42, STEEL, 10),
    disc(20, -270, 210, toned(METAL, 0.1)),
    disc(20, -270, 180, INK),
    disc(20, -270, 130, '#2E4057'),
    disc(20, -270, 85, '#16202B'),
    oval(-20, -320, 44, 26, 'rgba(255,255,255,.55)'),
    disc(320, -360, 30, main),
    rect(-380, -380, 110, 60, 'rgba(255,255,255,.12)', 8),
  ].join('')
}

/** A monitor showing a drawn landscape. */
export function monitor({ main, second, chance }: Tint): string {
  const sun = chance.between(-250, 250)
  return [
    litShape('M-190 0 Q-190 -34 -150 -34 H150 Q190 -34 190 0 Z', STEEL),
    litRect(-50, -230, 100, 210, METAL),
    litRect(-560, -880, 1120, 670, INK, 28),
    rect(-525, -848, 1050, 580, toned(second, 0.55), 8),
    disc(sun, -620, 90, toned(main, 0.35)),
    shape('M-525 -430 Q-330 -600 -120 -450 T260 -470 T525 -440 V-268 H-525 Z', second),
    shape('M-525 -360 Q-200 -470 80 -350 T525 -360 V-268 H-525 Z', toned(second, -0.3)),
    shape('M-525 -848 H-180 L-420 -268 H-525 Z', 'rgba(255,255,255,.13)'),
    disc(0, -238, 8, '#8CC9B5'),
  ].join('')
}

/** A mechanical keyboard seen from a little above. */
export function keyboard({ main, second, chance }: Tint): string {
  const caps = chance.happens(0.5) ? WHITE : toned(second, 0.6)
  const row = (r: number) =>
    each(13, (i) => {
      const x = -520 + i * 80
      const accent = (r === 0 && i === 0) || (r === 3 && i === 12) || chance.happens(0.06)
      const fill = accent ? main : caps
      return (
        rect(x, -330 + r * 76, 70, 66, toned(fill, -0.25), 12) + rect(x + 5, -334 + r * 76, 60, 56, fill, 10)
      )
    })
  return [
    litRect(-560, -370, 1120, 400, toned(second, -0.35), 34),
    each(4, row),
    rect(-280, -26, 470, 44, toned(caps, -0.25), 12),
    rect(-275, -30, 460, 38, caps, 10),
    line('M420 -370 C430 -460 520 -450 540 -560', INK, 14),
  ].join('')
}

/** A phone leaning up, its screen lit. */
export function phone({ main, second }: Tint): string {
  return [
    litShape('M-120 0 L120 0 L170 -80 L-70 -80 Z', STEEL),
    litRect(-210, -820, 420, 800, INK, 60),
    rect(-186, -796, 372, 752, toned(second, 0.35), 44),
    disc(60, -560, 90, toned(main, 0.3)),
    shape('M-186 -380 Q-60 -520 60 -400 T186 -400 V-88 Q186 -44 142 -44 H-142 Q-186 -44 -186 -88 Z', second),
    shape(
      'M-186 -240 Q0 -350 186 -230 V-88 Q186 -44 142 -44 H-142 Q-186 -44 -186 -88 Z',
      toned(second, -0.3),
    ),
    rect(-50, -776, 100, 24, INK, 12),
    rect(-120, -700, 150, 34, 'rgba(255,255,255,.85)', 10),
    rect(-60, -72, 120, 10, 'rgba(255,255,255,.8)', 5),
    shape('M-186 -752 Q-186 -796 -142 -796 H-20 L-186 -420 Z', 'rgba(255,255,255,.14)'),
  ].join('')
}

/** Headphones on a small stand. */
export function headphones({ main, second, wood }: Tint): string {
  return [
    litRect(-190, -40, 380, 40, wood, 20),
    litRect(-24, -720, 48, 690, wood, 12),
    litRect(-90, -760, 180, 60, wood, 30),
    line('M-300 -330 C-330 -900 330 -900 300 -330', main, 62),
    line('M-290 -420 C-310 -860 250 -900 285 -500', 'rgba(255,255,255,.25)', 14),
    litRect(-370, -440, 130, 270, toned(main, -0.2), 60),
    litRect(240, -440, 130, 270, toned(main, -0.35), 60),
    litRect(-270, -420, 60, 230, toned(second, -0.3), 30),
    litRect(210, -420, 60, 230, toned(second, -0.4), 30),
  ].join('')
}

/** A game controller lying towards us. */
export function controller({ main }: Tint): string {
  const stick = (x: number, y: number) => disc(x, y, 74, toned(main, -0.45)) + disc(x - 6, y - 10, 54, INK)
  return [
    litShape(
      'M-300 -470 C-420 -480 -470 -400 -510 -200 C-545 -20 -470 40 -390 0 C-320 -40 -290 -150 -210 -150 H210 C290 -150 320 -40 390 0 C470 40 545 -20 510 -200 C470 -400 420 -480 300 -470 Z',
      main,
    ),
    shape('M-380 -300 h60 v-60 h50 v60 h60 v50 h-60 v60 h-50 v-60 h-60 Z', INK),
    ...[
      [300, -360, '#E9C46A'],
      [360, -300, '#C2410C'],
      [240, -300, '#7FA6B8'],
      [300, -240, '#2F6F5E'],
    ].map(([x, y, fill]) => disc(Number(x), Number(y), 32, String(fill))),
    stick(-140, -220),
    stick(140, -220),
    rect(-60, -400, 120, 70, 'rgba(0,0,0,.22)', 18),
    ring(0, -365, 16, WHITE, 6),
  ].join('')
}
