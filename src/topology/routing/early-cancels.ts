/**
 * CANCELs of other servers that came before the INVITE which they are about: that one may still be judged, or come by
 * another way. It is cancelled when it is here (RFC 3261 §9.1), since nobody says so twice.
 */
import { RecentMap } from '../../guard/index.ts'
import type { ReplyAddress } from '../../ports/bus.ts'
import { isOwnPlace, serverOfPlace } from '../../ports/places.ts'
import { addressKey } from './asks.ts'

/** 64·T1: an INVITE that is under way for longer is given up by who sent it. */
const keptMs = 32_000
/** Of one server; every CANCEL of it is kept by all workers, few are ever needed. */
const keptMax = 10_000

export class EarlyCancels {
  readonly #nowMs: () => number
  /** By the number of the server, and the address that the INVITE was forwarded for. */
  readonly #cancelledMs = new Map<number, RecentMap<string, number>>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  add(from: ReplyAddress): void {
    if (isOwnPlace(from.worker)) return
    const server = serverOfPlace(from.worker)
    const cancelled = this.#cancelledMs.get(server) ?? new RecentMap<string, number>(keptMax)
    this.#cancelledMs.set(server, cancelled)
    cancelled.set(addressKey(from), this.#nowMs())
  }

  has(from: ReplyAddress): boolean {
    const atMs = this.#cancelledMs.get(serverOfPlace(from.worker))?.get(addressKey(from))
    return atMs !== undefined && this.#nowMs() - atMs < keptMs
  }

  /** That server is gone: another start of it uses the same addresses again. */
  forget(server: number): void {
    this.#cancelledMs.delete(server)
  }
}
