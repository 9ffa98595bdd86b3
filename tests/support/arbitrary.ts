import fc from 'fast-check'
import type { JsonSchema, OpenApi } from './openapi.ts'

const TEXT_LENGTH_MAX = 80
const HOSTILE_TEXT = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  "' OR 1=1 --",
  '"*"',
  'NEAR(',
  '%_\\',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '\u202egnp.exe',
  'ㅈㅈㄱ',
  'a'.repeat(5_000),
  '가'.repeat(5_000),
  'e\u0301'.repeat(300),
]
const HOSTILE_VALUES = [
  null,
  true,
  0,
  -1,
  -0,
  0.1,
  1e15,
  2 ** 53,
  1e308,
  '',
  '100',
  [],
  [100],
  {},
  { a: 1 },
  ...HOSTILE_TEXT,
]

/** Values the schema allows, leaning to its bounds. */
export function validOf(schema: JsonSchema, api: OpenApi): fc.Arbitrary<unknown> {
  const resolved = api.resolve(schema)
  if (resolved.const !== undefined) return fc.constant(resolved.const)
  if (resolved.enum) return fc.constantFrom(...resolved.enum)
  const choices = resolved.anyOf ?? resolved.oneOf
  if (choices) return fc.oneof(...choices.map((choice) => validOf(choice, api)))
  const type = Array.isArray(resolved.type) ? resolved.type[0] : resolved.type
  switch (type) {
    case 'string':
      return stringOf(resolved)
    case 'integer':
      return fc.integer({ min: resolved.minimum ?? 0, max: Math.min(resolved.maximum ?? 1_000, 2 ** 40) })
    case 'number':
      return fc.double({ min: resolved.minimum ?? -1_000, max: resolved.maximum ?? 1_000, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(validOf(resolved.items ?? {}, api), {
        minLength: resolved.minItems ?? 0,
        maxLength: Math.min(resolved.maxItems ?? 3, 3),
      })
    case 'object':
      return objectOf(resolved, api)
    default:
      return fc.constantFrom(...HOSTILE_VALUES)
  }
}

/** Values that are wrong somewhere: of another type, past a bound, with a key nobody knows. */
export const hostileOf = (schema: JsonSchema, api: OpenApi): fc.Arbitrary<unknown> => {
  const resolved = api.resolve(schema)
  if (resolved.type !== 'object') return fc.constantFrom(...HOSTILE_VALUES)
  const keys = Object.keys(resolved.properties ?? {})
  const spoiled = fc
    .tuple(
      objectOf(resolved, api),
      fc.constantFrom(...keys, 'role', 'sellerId', '__proto__', 'id'),
      fc.constantFrom(...HOSTILE_VALUES),
    )
    .map(([value, key, bad]) => ({ ...value, [key]: bad }))
  return fc.oneof(
    { weight: 5, arbitrary: spoiled },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_VALUES) },
  )
}

function stringOf(schema: JsonSchema): fc.Arbitrary<string> {
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern))
  if (schema.format === 'email') return fc.stringMatching(/^[a-z]{3,9}@example\.com$/)
  const minLength = schema.minLength ?? 0
  const maxLength = Math.max(minLength, Math.min(schema.maxLength ?? TEXT_LENGTH_MAX, TEXT_LENGTH_MAX))
  const korean = fc
    .stringMatching(/^[가-힣a-z0-9 ]*$/)
    .map((value) => value.slice(0, maxLength).padEnd(minLength, '가'))
  return fc.oneof(korean, fc.string({ minLength, maxLength }))
}

function objectOf(schema: JsonSchema, api: OpenApi): fc.Arbitrary<Record<string, unknown>> {
  const properties = Object.entries(schema.properties ?? {}).map(
    ([key, value]) => [key, validOf(value, api)] as const,
  )
  return fc.record(Object.fromEntries(properties), { requiredKeys: schema.required ?? [] })
}
