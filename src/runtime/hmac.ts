/**
 * HMAC-SHA-256 (RFC 2104) of short texts under one key, made of two one-shot hashes: Node's `createHmac` makes a key
 * object for each call, which costs six times the hashing.
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
    const count = this.#inner.write(text, blockBytes)
    return this.#finish(count).toString(encoding)
  }

  /** Over a text and bytes after it. */
  ofBytes(text: string, bytes: Uint8Array): Buffer {
    this.#makeRoom(text.length * 3 + bytes.length)
    const count = this.#inner.write(text, blockBytes)
    this.#inner.set(bytes, blockBytes + count)
    return this.#finish(count + bytes.length)
  }

  #finish(count: number): Buffer {
    this.#outer.set(hash('sha256', this.#inner.subarray(0, blockBytes + count), 'buffer'), blockBytes)
    return hash('sha256', this.#outer, 'buffer')
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
