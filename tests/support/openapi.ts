import { z } from 'zod'
import type { Platform } from './platform.ts'

/** As much of a JSON Schema as the platform's own document uses. */
export type JsonSchema = {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  pattern?: string
  format?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  example?: unknown
}

const Schema = z.custom<JsonSchema>((value) => typeof value === 'object' && value !== null)
const Content = z.record(z.string(), z.object({ schema: Schema.optional() }))
const Operation = z.object({
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query', 'header', 'cookie']),
        required: z.boolean().optional(),
        schema: Schema,
      }),
    )
    .default([]),
  requestBody: z.object({ required: z.boolean().optional(), content: Content }).optional(),
  responses: z.record(z.string(), z.object({ content: Content.optional() })),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
})
const Document = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), Schema).default({}) }),
})

export type OpenApiOperation = z.infer<typeof Operation> & { method: string; path: string }
export type OpenApi = {
  operations: OpenApiOperation[]
  resolve: (schema: JsonSchema) => JsonSchema
  check: (schema: JsonSchema, value: unknown) => string | null
}

/** The platform's own document, as the edge serves it, with its references resolved on demand. */
export async function readOpenApi(platform: Platform): Promise<OpenApi> {
  const reply = await platform.call('GET', '/api/openapi.json')
  const document = Document.parse(reply.json)
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        ...operation,
        method: method.toUpperCase(),
        path,
      })),
    )
    .filter((operation) => !isStream(operation))
  const resolve = (schema: JsonSchema): JsonSchema => {
    if (schema.$ref === undefined) return schema
    const target = document.components.schemas[schema.$ref.replace('#/components/schemas/', '')]
    if (!target) throw new Error(`the document refers to ${schema.$ref}, which it does not have`)
    return resolve(target)
  }
  return { operations, resolve, check: (schema, value) => checkAgainst(inlined(schema, resolve), value) }
}

/** A stream answers for as long as its reader stays: it is asked by tests of its own, never for one whole reply. */
const isStream = ({ responses }: z.infer<typeof Operation>): boolean =>
  Object.values(responses).some(({ content }) => content?.['text/event-stream'] !== undefined)

/** The schema with every reference replaced by what it names; the document's schemas are no cycles. */
function inlined(schema: JsonSchema, resolve: (schema: JsonSchema) => JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (_key, value: unknown) => {
    const isReference = typeof value === 'object' && value !== null && '$ref' in value
    return isReference ? inlined(resolve(value as JsonSchema), resolve) : value
  })
}

const compiled = new Map<string, z.ZodType>()

function checkAgainst(schema: JsonSchema, value: unknown): string | null {
  const key = JSON.stringify(schema)
  const known = compiled.get(key) ?? z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
  compiled.set(key, known)
  const result = known.safeParse(value)
  return result.success ? null : z.prettifyError(result.error)
}

/** The reply's declared schema for a status, or `undefined` when the document does not know the status at all. */
export function declaredReply(
  operation: OpenApiOperation,
  status: number,
): { schema: JsonSchema | null } | undefined {
  const declared = operation.responses[String(status)]
  if (!declared) return undefined
  const content = declared.content?.['application/json'] ?? declared.content?.['application/problem+json']
  return { schema: content?.schema ?? null }
}
