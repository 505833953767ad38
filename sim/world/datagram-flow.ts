/**
 * The server's side of a UDP peer, as the edge is handed it.
 */
import type { TransportFlow } from '../../src/ports/flows.ts'
import { noteAnswer, noteSending, type Wire } from './wire.ts'

export const serverAddress = '10.0.0.1'

export class DatagramFlow implements TransportFlow {
  readonly transport = 'udp'
  readonly remoteAddress: string
  readonly remotePort = 5060
  readonly localAddress = serverAddress
  readonly localPort = 5060
  readonly bufferedBytes = 0
  readonly #wire: Wire
  readonly #send: (bytes: Uint8Array) => void

  constructor(wire: Wire, address: string, send: (bytes: Uint8Array) => void) {
    this.#wire = wire
    this.remoteAddress = address
    this.#send = send
  }

  send(bytes: Uint8Array): void {
    noteSending(this.#wire, this, bytes)
    this.#send(bytes)
  }

  noteResponse(bytes: Uint8Array): void {
    noteAnswer(this.#wire, this, bytes)
  }

  /** A peer cannot be hung up on: it is only forgotten, and greeted as new when it speaks again. */
  close(): void {}
}
