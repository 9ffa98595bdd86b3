type Fields = Record<string, unknown>
type Level = 'info' | 'warn' | 'error'

const SECRET_NAME = /token|secret|jwt|session|password|authorization|cookie|code|-?key$/i
const VALUE_LENGTH_MAX = 300

/** One JSON line. Fields whose name smells of a secret are blanked; strings are cut and their line breaks escaped. */
export function log(level: Level, message: string, fields: Fields = {}): void {
  console[level](JSON.stringify({ level, message, ...redact(fields) }))
}

/** What may be kept of a thrown thing: its name, message and the first frames of its stack. */
export function describeError(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: String(error).slice(0, VALUE_LENGTH_MAX) }
  return { error: error.message, name: error.name, stack: error.stack?.split('\n').slice(1, 5).join(' | ') }
}

function redact(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (SECRET_NAME.test(name) && name !== 'requestId') return [name, '[redacted]']
      return [name, typeof value === 'string' ? value.slice(0, VALUE_LENGTH_MAX * 4) : value]
    }),
  )
}
