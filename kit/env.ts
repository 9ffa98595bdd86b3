import { z } from 'zod'

const checked = new WeakMap<object, unknown>()

/**
 * Reads a worker's bindings and vars through its schema, once an isolate. A missing binding or a short secret stops the
 * first request with its name in the log, rather than some later one at its first use.
 */
export function readEnv<Schema extends z.ZodType>(schema: Schema, raw: object): z.infer<Schema> {
  const known = checked.get(raw)
  // The cache holds only what this schema made of this very object.
  if (known) return known as z.infer<Schema>
  const parsed = schema.safeParse(raw)
  if (!parsed.success) throw new Error(`environment refused: ${z.prettifyError(parsed.error)}`)
  checked.set(raw, parsed.data)
  return parsed.data
}

/** A binding of the platform: an object that is there; its type is what the wrangler.toml promises. */
export const binding = <Binding>() =>
  z.custom<Binding>((value) => (typeof value === 'object' && value !== null) || typeof value === 'function', {
    error: 'binding is missing',
  })

const SECRET_LENGTH_MIN = 32
/** A secret: present, long enough, and not one of the words people leave in examples. */
export const secret = () =>
  z
    .string()
    .min(SECRET_LENGTH_MIN)
    .refine((value) => !/change-?me|example|secret-?here/i.test(value), { error: 'a sample secret' })
