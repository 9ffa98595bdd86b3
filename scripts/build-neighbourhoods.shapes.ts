/** Just enough plane geometry to put a point inside a district and to find the district of a point. */
export type Point = [lng: number, lat: number]
export type Polygon = Point[][]

const edges = (ring: Point[]): [Point, Point][] =>
  ring.map((from, index): [Point, Point] => [from, ring[(index + 1) % ring.length] ?? from])

const signedArea = (ring: Point[]): number =>
  edges(ring).reduce((sum, [[x1, y1], [x2, y2]]) => sum + (x1 * y2 - x2 * y1) / 2, 0)

/** The longitudes at which a west–east line at `lat` crosses the polygon's border, in order. */
const crossings = (polygon: Polygon, lat: number): number[] =>
  polygon
    .flatMap(edges)
    .filter(([[, y1], [, y2]]) => y1 > lat !== y2 > lat)
    .map(([[x1, y1], [x2, y2]]) => x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1))
    .sort((a, b) => a - b)

/** Whether the point lies inside the outer ring and outside the holes. */
export const contains = (polygon: Polygon, [lng, lat]: Point): boolean =>
  crossings(polygon, lat).filter((x) => x > lng).length % 2 === 1

/** The centroid of the largest part, moved onto land when the shape bends around it. */
export function innerPoint(polygons: Polygon[]): Point {
  const largest = polygons
    .map((polygon) => ({ polygon, outer: polygon[0] ?? [] }))
    .sort((a, b) => Math.abs(signedArea(b.outer)) - Math.abs(signedArea(a.outer)))[0]
  if (largest === undefined) throw new Error('a district without a shape')
  const centre = centroid(largest.outer)
  return contains(largest.polygon, centre) ? centre : [middleOfWidest(largest.polygon, centre[1]), centre[1]]
}

function centroid(ring: Point[]): Point {
  const scale = 6 * signedArea(ring)
  const [x, y] = edges(ring).reduce<Point>(
    ([sumX, sumY], [[x1, y1], [x2, y2]]) => {
      const cross = x1 * y2 - x2 * y1
      return [sumX + (x1 + x2) * cross, sumY + (y1 + y2) * cross]
    },
    [0, 0],
  )
  return [x / scale, y / scale]
}

function middleOfWidest(polygon: Polygon, lat: number): number {
  const at = crossings(polygon, lat)
  const spans = at.flatMap((from, index): Point[] => {
    const to = at[index + 1]
    return index % 2 === 0 && to !== undefined ? [[from, to]] : []
  })
  const widest = spans.sort(([a, b], [c, d]) => d - c - (b - a))[0]
  if (widest === undefined) throw new Error('no land at this latitude')
  return (widest[0] + widest[1]) / 2
}
