/**
 * The ports of simulated devices: lines to the server, clock and chance, and who is told of their work.
 */
import type { LevelId, OperationId } from '../measure/run-record.ts'

/** A way to the server: a connection, or a socket for datagrams. */
export interface Line {
  readonly localAddress: string
  readonly localPort: number
  send(bytes: Uint8Array): void
  /** RFC 5626 §4.4; the answer comes as `onPong`. */
  ping(): void
  /** `gone`: without a word, as when the network is lost. */
  close(how: 'clean' | 'gone'): void
}

export interface LineUser {
  onLine(line: Line): void
  /** There is no connection; `onLine` will not be called. */
  onNoLine(reason: string): void
  onMessage(bytes: Buffer): void
  onPong(): void
  /** Not called after the device's own `close`. */
  onLineLost(reason: string): void
}

/** What the outside does for the devices: sockets or the virtual network, and chance. */
export interface Outside {
  /** Monotonic, microseconds, shared by all threads of the run. */
  nowUs(): number
  /** From 0 up to 1. */
  random(): number
  /** Asks for a line for this device; `user` is called back, never at once. */
  connect(device: number, user: LineUser): void
}

/** What devices tell of their work. Times are microseconds of `Outside.nowUs`. */
export interface Recorder {
  latency(level: LevelId, dueUs: number, sentUs: number, doneUs: number): void
  failure(level: LevelId, cause: string, dueUs: number): void
  /**
   * A message left towards the server, or came from there. `isNew`: one more of its kind: a request of a client, a
   * NOTIFY of the server.
   */
  sent(operation: OperationId, bytes: number, isNew: boolean): void
  received(operation: OperationId, bytes: number, isNew: boolean): void
  /** A change of presence that so many devices are to be told of. */
  statesDue(watchers: number): void
  /** One of them was told of it, or of a newer one, so long after it was due. */
  stateTold(afterUs: number): void
  /** Anything else worth a number: `publish.412`, `offline`. */
  count(what: string): void
}
