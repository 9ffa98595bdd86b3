import type { ErrorCode, Refusal, Result } from '#contracts/errors'

/** The value a caller asked for. */
export const ok = <Value>(value: Value): Result<Value> => ({ ok: true, value })

/** A refusal the caller must expect; thrown errors are for bugs and outages only. */
export const refuse = (
  code: ErrorCode,
  extra: Omit<Refusal, 'code'> = {},
): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { code, ...extra },
})
