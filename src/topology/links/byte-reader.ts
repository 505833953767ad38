/**
 * Reads what `byte-writer.ts` has written, from a peer that may have written anything: every length is held against
 * what is there before anything is allocated for it.
 */
import { NumberForm } from './byte-writer.ts'

/** What came is not what the protocol of links allows. The only error that decoding throws. */
export class BadBatch extends Error {
  override readonly name = 'BadBatch'
}

export class ByteReader {
  readonly #bytes: Buffer
  #at: number
  #end: number

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#at = 0
    this.#end = bytes.length
  }

  get isAtEnd(): boolean {
    return this.#at === this.#end
  }

  get remaining(): number {
    return this.#end - this.#at
  }

  /** From here on only the next `length` bytes are there; returns the end that `leave` takes back. */
  enter(length: number): number {
    const outer = this.#end
    this.#end = this.#ahead(length)
    return outer
  }

  /** Goes on after what was entered, whatever of it was read. */
  leave(outer: number): void {
    this.#at = this.#end
    this.#end = outer
  }

  byte(): number {
    const at = this.#at
    this.#at = this.#ahead(1)
    return this.#bytes[at]!
  }

  /** Any finite number. */
  number(): number {
    const first = this.byte()
    if (first < NumberForm.word) return first
    const at = this.#at
    switch (first) {
      case NumberForm.word:
        this.#at = this.#ahead(2)
        return this.#bytes.readUInt16LE(at)
      case NumberForm.doubleWord:
        this.#at = this.#ahead(4)
        return this.#bytes.readUInt32LE(at)
      case NumberForm.float:
        this.#at = this.#ahead(8)
        return finite(this.#bytes.readDoubleLE(at))
      default:
        throw new BadBatch(`no number begins with ${first}`)
    }
  }

  /** A whole number from 0 to `max`. */
  count(max: number): number {
    const value = this.number()
    if (!Number.isInteger(value) || value < 0 || value > max) throw new BadBatch(`${value} is no count up to ${max}`)
    return value
  }

  /** Bytes that are no UTF-8 become U+FFFD, as everywhere. */
  text(bytesMax: number): string {
    const length = this.count(bytesMax)
    const at = this.#at
    this.#at = this.#ahead(length)
    return this.#bytes.toString('utf8', at, this.#at)
  }

  /** A buffer of its own: a view would keep the whole batch for as long as this is kept. */
  bytes(bytesMax: number): Buffer {
    const length = this.count(bytesMax)
    const at = this.#at
    this.#at = this.#ahead(length)
    const copy = Buffer.allocUnsafeSlow(length)
    this.#bytes.copy(copy, 0, at, this.#at)
    return copy
  }

  #ahead(length: number): number {
    const end = this.#at + length
    if (end > this.#end) throw new BadBatch(`${length} bytes are announced, ${this.remaining} are there`)
    return end
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new BadBatch(`${value} is no finite number`)
  return value
}
