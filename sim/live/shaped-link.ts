/**
 * A link with a rate and a delay between simulated users and the server, one direction of it: what is sent waits until
 * what was sent before has left, takes the time of its bytes, and arrives a delay later. Nothing overtakes and nothing
 * is lost. Bytes are those of SIP; headers of TCP and IP are added by the packet.
 */

export interface LinkShape {
  /** Of each direction. */
  readonly bytesPerSecond: number
  /** From one end to the other: half a round trip. */
  readonly delayMs: number
}

export interface LinkTime {
  nowMs(): number
  after(ms: number, run: () => void): void
}

/** Ethernet's payload less the headers of IP and TCP with its timestamps (RFC 1122, RFC 7323). */
const segmentBytes = 1_448
/** Ethernet with preamble and gap, IP, TCP. */
const headerBytes = 90
/** Timers count whole milliseconds: what is due within half of one is due now. */
const halfTurnMs = 0.5

interface Parcel {
  readonly dueMs: number
  readonly arrive: () => void
}

export class ShapedLink {
  readonly #shape: LinkShape
  readonly #time: LinkTime
  readonly #parcels: Parcel[] = []
  #next = 0
  /** When the last byte of what was sent so far has left. */
  #freeMs = 0
  #isWaiting = false

  constructor(shape: LinkShape, time: LinkTime) {
    this.#shape = shape
    this.#time = time
  }

  /** What has not arrived yet. */
  get underWay(): number {
    return this.#parcels.length - this.#next
  }

  carry(bytes: number, arrive: () => void): void {
    const { bytesPerSecond, delayMs } = this.#shape
    const onWire = bytes + headerBytes * Math.max(1, Math.ceil(bytes / segmentBytes))
    this.#freeMs = Math.max(this.#freeMs, this.#time.nowMs()) + (onWire / bytesPerSecond) * 1_000
    this.#parcels.push({ dueMs: this.#freeMs + delayMs, arrive })
    this.#deliver()
  }

  #deliver(): void {
    if (this.#isWaiting) return
    const nowMs = this.#time.nowMs()
    while (this.#next < this.#parcels.length && this.#parcels[this.#next]!.dueMs < nowMs + halfTurnMs)
      this.#parcels[this.#next++]!.arrive()
    if (this.#next === this.#parcels.length) {
      this.#parcels.length = 0
      this.#next = 0
      return
    }
    this.#isWaiting = true
    this.#time.after(Math.max(1, Math.round(this.#parcels[this.#next]!.dueMs - nowMs)), () => {
      this.#isWaiting = false
      this.#deliver()
    })
  }
}
