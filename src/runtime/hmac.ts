/**
 * HMAC-SHA-256 (RFC 2104) of short texts under one key, made of two one-shot hashes: Node's `createHmac` makes a key
 * object for each call, which costs six times the hashing. The inner hash comes as a Latin-1 text, a character a byte:
 * a Buffer from Node's crypto has memory of its own outside the heap, which costs more than both hashes.
 */
import { hash } from 'node:crypto'

const blockBytes = 64
const hashBytes = 32
const innerPad = 0x36
const outerPad = 0x5c

export class HmacSha256 {
  /** The padded key, and room for a message after it. */
  #inner: Buffer
  /** The padded key, and room for the inner hash. */
  readonly #outer: Buffer

  /** `key`: at most 64 bytes; longer ones would have to be hashed first. */
  constructor(key: Uint8Array) {
    if (key.length > blockBytes) throw new Error(`a key of ${key.length} bytes is longer than a block of SHA-256`)
    this.#inner = padded(key, innerPad, 1024)
    this.#outer = padded(key, outerPad, hashBytes)
  }

  /** Over the UTF-8 of the text. */
  ofText(text: string, encoding: 'base64url'): string {
    this.#makeRoom(text.length * 3)
    return this.#finish(this.#inner.write(text, blockBytes), encoding)
  }

  /** Over a text and bytes after it. */
  ofBytes(text: string, bytes: Uint8Array): Buffer {
    this.#makeRoom(text.length * 3 + bytes.length)
    const count = this.#inner.write(text, blockBytes)
    this.#inner.set(bytes, blockBytes + count)
    return Buffer.from(this.#finish(count + bytes.length, 'binary'), 'binary')
  }

  #finish(count: number, encoding: 'base64url' | 'binary'): string {
    this.#outer.write(hash('sha256', this.#inner.subarray(0, blockBytes + count), 'binary'), blockBytes, 'binary')
    return hash('sha256', this.#outer, encoding)
  }

  #makeRoom(count: number): void {
    if (blockBytes + count <= this.#inner.length) return
    const larger = Buffer.alloc(2 * (blockBytes + count))
    this.#inner.copy(larger, 0, 0, blockBytes)
    this.#inner = larger
  }
}

function padded(key: Uint8Array, pad: number, room: number): Buffer {
  const bytes = Buffer.alloc(blockBytes + room)
  bytes.fill(pad, 0, blockBytes)
  for (const [index, byte] of key.entries()) bytes[index] = byte ^ pad
  return bytes
}
