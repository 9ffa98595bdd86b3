import { z } from '@hono/zod-openapi'
import { text } from './text.ts'

/** A position as the browser gives it. It is stored rounded to 0.001° (about 100 m) and never given out again. */
export const Position = z
  .strictObject({ lat: z.number().min(-90).max(90), lng: z.number().min(-180).max(180) })
  .openapi('Position')
export type Position = z.infer<typeof Position>

/** A neighbourhood's name in words, as shown on a card: "망원동", "Brooklyn". */
export const Region = text(1, 60)

/** `near=37.5563,126.9019`. */
export const NearQuery = z
  .string()
  .regex(/^-?\d{1,2}(\.\d{1,8})?,-?\d{1,3}(\.\d{1,8})?$/)
  .transform((value) => {
    const [lat, lng] = value.split(',').map(Number)
    return { lat: lat ?? Number.NaN, lng: lng ?? Number.NaN }
  })
  .pipe(z.object({ lat: z.number().min(-90).max(90), lng: z.number().min(-180).max(180) }))
  .openapi({ type: 'string', example: '37.5563,126.9019' })

export const RADIUS_KM_MAX = 100
export const RADIUS_KM_DEFAULT = 5
export const RadiusKmQuery = z.coerce.number().min(0.5).max(RADIUS_KM_MAX)

export const Neighbourhood = z
  .object({
    id: z.string(),
    name: z.string(),
    nameEn: z.string(),
    region: z.string(),
    regionEn: z.string(),
    country: z.string().length(2),
    lat: z.number(),
    lng: z.number(),
  })
  .openapi('Neighbourhood')
export type Neighbourhood = z.infer<typeof Neighbourhood>
