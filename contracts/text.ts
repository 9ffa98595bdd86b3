import { z } from '@hono/zod-openapi'

/**
 * Text from outside, bounded and normalised once at the wall: well-formed UTF-16 (no lone surrogate), no NUL or other
 * control character, no bidi override, NFC, trimmed. Lengths count code points after normalising, so an emoji is one.
 */
export const text = (minLength: number, maxLength: number) => bounded(minLength, maxLength, LINE_FORBIDDEN)

/** Like `text`, but may have line breaks (LF; CRLF is folded) and tabs. */
export const longText = (minLength: number, maxLength: number) =>
  bounded(minLength, maxLength, LONG_FORBIDDEN)

// Controls, zero-width and bidi marks that let one text pose as another. ZWJ (200D) stays: emoji are built with it.
const INVISIBLE =
  '\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\ufff0-\\uffff\\u3164\\u115f\\u1160'
const LINE_FORBIDDEN = new RegExp(`[\\u0000-\\u001f\\u007f-\\u009f${INVISIBLE}]`)
const LONG_FORBIDDEN = new RegExp(`[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f${INVISIBLE}]`)

/** A letter may wear a few marks (Vietnamese, Thai), not two hundred (Zalgo). */
const MAX_MARKS_IN_A_ROW = 4
const ZALGO = new RegExp(`\\p{M}{${MAX_MARKS_IN_A_ROW + 1},}`, 'u')

function bounded(minLength: number, maxLength: number, forbidden: RegExp) {
  return z
    .string()
    .max(maxLength * 4 + 64)
    .refine((value) => value.isWellFormed(), { error: 'text has a lone surrogate', abort: true })
    .transform((value) => value.replace(/\r\n?/g, '\n').normalize('NFC').trim())
    .refine((value) => !forbidden.test(value), { error: 'text has a control or invisible character' })
    .refine((value) => !ZALGO.test(value), { error: 'text has too many marks on one letter' })
    .refine((value) => withinLength(value, minLength, maxLength), {
      error: `text must have ${minLength} to ${maxLength} characters`,
    })
    .openapi({ type: 'string', minLength, maxLength })
}

function withinLength(value: string, minLength: number, maxLength: number): boolean {
  const length = [...value].length
  return length >= minLength && length <= maxLength
}
