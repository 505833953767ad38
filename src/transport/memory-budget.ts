/**
 * The bytes that a worker's flows hold, in and out, and what happens when they become too many: from 70 % on no new
 * flows, from 85 % on the flows that hold most are cut. Counts what it is told; flows tell it whenever their buffers
 * change.
 */
import { TransportEvent } from './events.ts'

/** Bytes of one worker: buffers are not bounded by V8's heap limit, so nobody else would stop them. */
export const workerBytesMax = 1024 * 1024 * 1024

/** From here on no new flow is admitted. */
export const sheddingShare = 0.7

/** From here on the largest offenders are cut, until the shedding share is reached again. */
export const cuttingShare = 0.85

/**
 * Idle cost of a flow by kind, measured on Node 24: libuv handle, stream objects, TLS state; for UDP our own record.
 */
export const flowBaseBytes = { udp: 600, tcp: 4_300, tls: 48_500, ws: 8_400, wss: 57_000 } as const

export interface BudgetMember {
  /** What was last charged for this member's buffers, without its idle cost. Only the budget writes it. */
  chargedBytes: number
  /** Ends the flow at once, without delivering what waits. */
  cut(event: TransportEvent): void
}

export class MemoryBudget {
  readonly bytesMax: number
  #usedBytes = 0
  readonly #members = new Map<BudgetMember, number>()

  constructor(bytesMax: number = workerBytesMax) {
    this.bytesMax = bytesMax
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  get membersCount(): number {
    return this.#members.size
  }

  /** Whether new flows are to be refused, which costs least and keeps what is there. */
  get isShedding(): boolean {
    return this.#usedBytes >= this.bytesMax * sheddingShare
  }

  open(member: BudgetMember, baseBytes: number): void {
    this.#members.set(member, baseBytes)
    this.#usedBytes += baseBytes + member.chargedBytes
  }

  close(member: BudgetMember): void {
    const baseBytes = this.#members.get(member)
    if (baseBytes === undefined) return
    this.#members.delete(member)
    this.#usedBytes -= baseBytes + member.chargedBytes
    member.chargedBytes = 0
  }

  /** Sets what this member's buffers hold now. May cut flows, also the one that called. */
  charge(member: BudgetMember, heldBytes: number): void {
    if (heldBytes === member.chargedBytes || !this.#members.has(member)) return
    const grows = heldBytes > member.chargedBytes
    this.#usedBytes += heldBytes - member.chargedBytes
    member.chargedBytes = heldBytes
    if (grows && this.#usedBytes >= this.bytesMax * cuttingShare) this.#cutLargest()
  }

  /** Idle flows hold nothing that cutting would free soon, so they stay, however many there are. */
  #cutLargest(): void {
    const offenders = [...this.#members.keys()].filter((member) => member.chargedBytes > 0)
    offenders.sort((a, b) => b.chargedBytes - a.chargedBytes)
    for (const offender of offenders) {
      if (!this.isShedding) return
      this.close(offender)
      offender.cut(TransportEvent.memoryCut)
    }
  }
}
