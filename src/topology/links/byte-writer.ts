/**
 * Numbers, texts and bytes one after another in a buffer that grows: the writing half of the codec of links. What they
 * mean is said by shapes (`shape.ts`).
 */
const firstBytes = 4 * 1024
/** After one huge message the buffer is let go again. */
const keptBytesMax = 256 * 1024

/** First byte of a number: itself below 0xf8; above, what follows. */
export const NumberForm = { word: 0xf8, doubleWord: 0xf9, float: 0xfa } as const
const directMax = 0xf7
/** A text of so many characters has at most `directMax` bytes of UTF-8. */
const shortTextMax = 82
/** So short a text is written faster byte by byte than by a call into the runtime. */
const copiedTextMax = 24

export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(firstBytes)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** A view, until something is written again. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** What was written, as a buffer of its own; then begins anew. */
  take(): Buffer {
    const taken = Buffer.from(this.written)
    this.reset()
    return taken
  }

  reset(): void {
    this.#length = 0
    if (this.#bytes.length > keptBytesMax) this.#bytes = Buffer.allocUnsafeSlow(firstBytes)
  }

  byte(value: number): void {
    this.#room(1)
    this.#bytes[this.#length++] = value
  }

  /** Any number: small ones take one byte, fractions nine. */
  number(value: number): void {
    this.#room(9)
    const bytes = this.#bytes
    const isCount = Number.isInteger(value) && value >= 0 && !Object.is(value, -0)
    if (isCount && value <= directMax) bytes[this.#length++] = value
    else if (isCount && value <= 0xffff) {
      bytes[this.#length] = NumberForm.word
      this.#length = bytes.writeUInt16LE(value, this.#length + 1)
    } else if (isCount && value <= 0xffff_ffff) {
      bytes[this.#length] = NumberForm.doubleWord
      this.#length = bytes.writeUInt32LE(value, this.#length + 1)
    } else {
      bytes[this.#length] = NumberForm.float
      this.#length = bytes.writeDoubleLE(value, this.#length + 1)
    }
  }

  /** Its bytes of UTF-8, their number before them. */
  text(value: string): void {
    this.#room(value.length * 3 + 5)
    if (value.length <= copiedTextMax && this.#copyAscii(value)) return
    const headBytes = value.length <= shortTextMax ? 1 : 5
    const written = this.#bytes.write(value, this.#length + headBytes, 'utf8')
    if (headBytes === 1) this.#bytes[this.#length] = written
    else {
      this.#bytes[this.#length] = NumberForm.doubleWord
      this.#bytes.writeUInt32LE(written, this.#length + 1)
    }
    this.#length += headBytes + written
  }

  bytes(value: Uint8Array): void {
    this.number(value.length)
    this.#room(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  /** False: it is not all ASCII, and nothing has been written. */
  #copyAscii(value: string): boolean {
    const start = this.#length + 1
    for (let at = 0; at < value.length; at++) {
      const code = value.charCodeAt(at)
      if (code > 0x7f) return false
      this.#bytes[start + at] = code
    }
    this.#bytes[this.#length] = value.length
    this.#length = start + value.length
    return true
  }

  #room(wanted: number): void {
    if (this.#bytes.length - this.#length >= wanted) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + wanted))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
