export type View = { scale: number; x: number; y: number }

export const SCALE_MIN = 1
export const SCALE_MAX = 5
export const AT_REST: View = { scale: 1, x: 0, y: 0 }

/** Zooms so that the point under the finger (from the middle of the frame, px) stays where it is. */
export function zoomAt(view: View, factor: number, pointX: number, pointY: number): View {
  const scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, view.scale * factor))
  const grown = scale / view.scale
  return { scale, x: pointX - (pointX - view.x) * grown, y: pointY - (pointY - view.y) * grown }
}

/** Keeps the photo from being dragged out of its frame. */
export function within(view: View, width: number, height: number): View {
  const reachX = (width * (view.scale - 1)) / 2
  const reachY = (height * (view.scale - 1)) / 2
  return {
    scale: view.scale,
    x: Math.min(reachX, Math.max(-reachX, view.x)),
    y: Math.min(reachY, Math.max(-reachY, view.y)),
  }
}
