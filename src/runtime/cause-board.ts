/**
 * A few shared bytes in which a worker writes what it is doing, so that main can still read it when the worker hangs.
 */
import type { Causes } from '../guard/index.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { PoisonFolder } from './poison-folder.ts'

const textBytesMax = 254

export function createCauseBoard(): SharedArrayBuffer {
  return new SharedArrayBuffer(textBytesMax + 2)
}

/** The worker's side. Code units are written as bytes: AORs and methods are ASCII. */
export class CauseBoard implements Causes {
  readonly #bytes: Uint8Array
  readonly #poison: PoisonFolder

  constructor(shared: SharedArrayBuffer, poison: PoisonFolder) {
    this.#bytes = new Uint8Array(shared)
    this.#poison = poison
  }

  keep(hash: string, message: SipMessage): void {
    this.#poison.keep(hash, message)
  }

  begin(who: string, what: string): void {
    const bytes = this.#bytes
    let end = 1
    for (let index = 0; index < what.length && end < 32; index++) bytes[end++] = what.charCodeAt(index)
    bytes[end++] = 0x20
    for (let index = 0; index < who.length && end < textBytesMax; index++) bytes[end++] = who.charCodeAt(index)
    bytes[0] = end - 1
  }
}

/** Main's side: method or kind, a blank, account or address. */
export function readCauseBoard(shared: SharedArrayBuffer): string {
  const bytes = new Uint8Array(shared)
  return Buffer.from(bytes.subarray(1, 1 + (bytes[0] ?? 0))).toString('latin1')
}
