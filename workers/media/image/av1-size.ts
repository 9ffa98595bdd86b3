const OBU_SEQUENCE_HEADER = 1

/**
 * The frame size that an AV1 bitstream states in its sequence header. The boxes around it may state another one, but the decoder
 * allocates for this. Throws RangeError when there is none, or when it is written as films are and stills never are.
 */
export function av1FrameSize(data: Uint8Array): { width: number; height: number } {
  let at = 0
  while (at < data.length) {
    const header = data[at] ?? 0
    const hasExtension = (header & 4) !== 0
    const hasSize = (header & 2) !== 0
    at += hasExtension ? 2 : 1
    let length = data.length - at
    if (hasSize) {
      const size = leb128(data, at)
      at += size.bytes
      length = size.value
    }
    if (((header >> 3) & 15) === OBU_SEQUENCE_HEADER) return sequenceSize(data.subarray(at, at + length))
    at += length
  }
  throw new RangeError('no sequence header')
}

function leb128(data: Uint8Array, from: number): { value: number; bytes: number } {
  let value = 0
  for (let i = 0; i < 8; i++) {
    const byte = data[from + i]
    if (byte === undefined) break
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, bytes: i + 1 }
  }
  throw new RangeError('a length without end')
}

function sequenceSize(data: Uint8Array): { width: number; height: number } {
  const bits = bitReader(data)
  bits(3)
  bits(1)
  if (bits(1) === 1) bits(5)
  else skipOperatingPoints(bits)
  const widthBits = bits(4) + 1
  const heightBits = bits(4) + 1
  return { width: bits(widthBits) + 1, height: bits(heightBits) + 1 }
}

function skipOperatingPoints(bits: (count: number) => number) {
  if (bits(1) === 1) throw new RangeError('timing in a still picture')
  const hasDelay = bits(1) === 1
  const points = bits(5) + 1
  for (let i = 0; i < points; i++) {
    bits(12)
    if (bits(5) > 7) bits(1)
    if (hasDelay && bits(1) === 1) bits(4)
  }
}

function bitReader(data: Uint8Array) {
  let at = 0
  return (count: number): number => {
    let value = 0
    for (let i = 0; i < count; i++, at++) {
      const byte = data[at >> 3]
      if (byte === undefined) throw new RangeError('past the header')
      value = value * 2 + ((byte >> (7 - (at & 7))) & 1)
    }
    return value
  }
}
