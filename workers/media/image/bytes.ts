/** A view for reading numbers. Reading past the end throws RangeError, which `cleanImage` takes for a cut-off file. */
export const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Takes `length` bytes from `from`; a piece that would be shorter throws RangeError like `viewOf`. */
export function slice(bytes: Uint8Array, from: number, length: number): Uint8Array {
  if (from < 0 || length < 0 || from + length > bytes.length) throw new RangeError('past the end')
  return bytes.subarray(from, from + length)
}

/** Whether `bytes` have this ASCII text at `from`. */
export function hasText(bytes: Uint8Array, from: number, text: string): boolean {
  if (from + text.length > bytes.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text.charCodeAt(i)) return false
  return true
}

/** Four characters as written in PNG, RIFF and ISO files. Bytes outside ASCII stay one character each. */
export const fourCharacters = (bytes: Uint8Array, from: number) =>
  String.fromCharCode(...slice(bytes, from, 4))

export const ascii = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (character) => character.charCodeAt(0))

export function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}
