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
  shape,
  type Tint,
  toned,
  WHITE,
} from './paint.ts'

/** A pair of canvas sneakers. */
export function sneakers({ main, second }: Tint): string {
  const shoe = (x: number, y: number, fill: string) =>
    moved(
      `translate(${x} ${y})`,
      litShape(
        'M-380 -60 L-370 -330 Q-300 -300 -200 -340 L-60 -260 Q60 -170 240 -150 Q370 -130 380 -60 Z',
        fill,
      ),
      shape('M-372 -330 Q-300 -300 -200 -340 L-180 -290 Q-290 -250 -370 -270 Z', toned(fill, -0.35)),
      shape('M220 -152 Q370 -130 380 -60 H230 Q180 -100 220 -152 Z', CREAM),
      each(4, (i) => line(`M${-170 + i * 62} ${-290 + i * 34} l60 -44`, WHITE, 18)),
      litRect(-400, -70, 800, 70, WHITE, 34),
      rect(-390, -34, 780, 10, toned(second, -0.05)),
      shape('M-360 -160 Q-200 -120 -60 -200 L-40 -170 Q-180 -80 -360 -120 Z', second),
    )
  return shoe(120, -110, toned(main, -0.15)) + shoe(-90, 0, main)
}

const hook = line('M0 -960 V-1010 Q0 -1070 50 -1060 Q90 -1040 60 -1000', METAL, 16)
const hanger = line('M-260 -850 L0 -950 L260 -850', '#9A6B42', 26)

/** A long coat on a wooden hanger. */
export function coat({ main, second }: Tint): string {
  return [
    hook,
    hanger,
    litShape(
      'M-150 -900 L-300 -830 Q-370 -600 -400 -330 L-300 -310 L-250 -560 L-290 0 H290 L250 -560 L300 -310 L400 -330 Q370 -600 300 -830 L150 -900 L0 -760 Z',
      main,
    ),
    shape('M-150 -900 L0 -760 L-20 -440 L-150 -640 L-120 -690 L-200 -720 Z', toned(main, -0.18)),
    shape('M150 -900 L0 -760 L20 -440 L150 -640 L120 -690 L200 -720 Z', toned(main, -0.26)),
    shape('M-110 -880 L0 -760 L110 -880 L60 -850 H-60 Z', second),
    line('M0 -440 V0', toned(main, -0.35), 8),
    each(3, (i) => disc(-46, -380 + i * 120, 18, INK)),
    rect(-230, -330, 140, 26, toned(main, -0.25), 8),
    rect(100, -330, 140, 26, toned(main, -0.3), 8),
  ].join('')
}

/** A summer dress on a hanger. */
export function dress({ main, second, chance }: Tint): string {
  const dots = each(26, () => {
    const y = chance.between(-480, -60)
    const half = 170 + (y + 520) * 0.42
    return disc(chance.between(-half, half), y, 16, toned(second, 0.6))
  })
  return [
    hook,
    hanger,
    litShape(
      'M-150 -880 L-90 -880 Q0 -760 90 -880 L150 -880 Q190 -760 160 -560 Q330 -250 400 0 H-400 Q-330 -250 -160 -560 Q-190 -760 -150 -880 Z',
      main,
    ),
    dots,
    rect(-166, -580, 332, 44, toned(main, -0.3), 10),
    shape('M40 -560 L120 -440 L90 -430 Z', toned(main, -0.35)),
    line('M-120 -500 Q-180 -250 -220 -20 M110 -500 Q170 -260 220 -20', 'rgba(0,0,0,.12)', 14),
  ].join('')
}

/** A shirt, folded, on top of knitwear. */
export function shirt({ main, second }: Tint): string {
  return [
    litRect(-420, -120, 840, 120, toned(second, -0.1), 50),
    each(14, (i) => line(`M${-380 + i * 58} -100 V-20`, 'rgba(255,255,255,.16)', 8)),
    litRect(-400, -230, 800, 120, second, 50),
    litRect(-360, -700, 720, 480, main, 30),
    each(7, (i) => rect(-330 + i * 100, -690, 22, 460, 'rgba(255,255,255,.2)')),
    shape('M-180 -720 L0 -560 L180 -720 L110 -760 H-110 Z', toned(main, -0.35)),
    litShape('M-200 -730 L-90 -540 L0 -620 L-110 -760 Z', toned(main, 0.2)),
    litShape('M200 -730 L90 -540 L0 -620 L110 -760 Z', toned(main, 0.1)),
    each(4, (i) => disc(0, -520 + i * 80, 14, WHITE)),
    rect(110, -520, 140, 130, toned(main, -0.12), 10),
  ].join('')
}

/** A backpack with front pocket. */
export function backpack({ main, second }: Tint): string {
  return [
    line('M-90 -860 C-90 -980 90 -980 90 -860', INK, 34),
    line('M-330 -200 C-460 -300 -450 -620 -300 -700', toned(main, -0.35), 54),
    litShape(
      'M-330 -20 C-370 -300 -350 -700 -240 -820 Q0 -920 240 -820 C350 -700 370 -300 330 -20 Q0 20 -330 -20 Z',
      main,
    ),
    litShape('M-260 -640 Q0 -720 260 -640 L270 -560 Q0 -630 -270 -560 Z', toned(main, -0.25)),
    litShape('M-240 -70 Q-260 -330 -220 -420 H220 Q260 -330 240 -70 Q0 -40 -240 -70 Z', second),
    line('M-210 -340 H210', toned(second, -0.4), 12),
    rect(120, -345, 24, 70, '#E9C46A', 8),
    rect(-60, -780, 120, 60, CREAM, 10),
  ].join('')
}

/** Perfume and cream on a tray. */
export function perfume({ main, second }: Tint): string {
  return [
    litOval(0, -20, 480, 54, toned(second, 0.5)),
    oval(0, -30, 430, 40, toned(second, 0.65)),
    litRect(-260, -520, 300, 480, toned(main, 0.5), 34),
    rect(-230, -380, 240, 320, toned(main, 0.2), 22),
    litRect(-170, -620, 120, 100, '#C9A45A', 10),
    litRect(-190, -740, 160, 130, INK, 20),
    rect(-190, -320, 160, 120, WHITE, 8),
    rect(-160, -280, 100, 12, INK, 5),
    rect(-140, -250, 60, 10, METAL, 5),
    shape('M-240 -490 H-190 V-80 H-240 Z', 'rgba(255,255,255,.4)'),
    litRect(110, -220, 240, 180, WHITE, 30),
    litRect(100, -290, 260, 90, second, 24),
    litRect(390, -160, 60, 120, toned(main, -0.1), 16),
    litShape('M390 -160 L400 -260 L450 -230 V-160 Z', '#B42318'),
  ].join('')
}

/** A wrist watch on its cushion. */
export function watch({ main, second }: Tint): string {
  return [
    litRect(-320, -170, 640, 170, second, 50),
    litShape('M-110 -780 H110 L130 -80 Q0 -40 -130 -80 Z', toned(main, -0.2)),
    each(4, (i) => oval(0, -250 + i * 44, 12, 9, INK)),
    disc(0, -480, 240, METAL),
    disc(0, -480, 205, WHITE),
    each(12, (i) => moved(`rotate(${i * 30} 0 -480)`, rect(-6, -672, 12, 34, INK, 4))),
    line('M0 -480 L80 -570 M0 -480 L-30 -640', INK, 16),
    disc(0, -480, 16, main),
    rect(236, -505, 50, 50, METAL, 12),
  ].join('')
}
