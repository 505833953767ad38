/**
 * The peers that a UDP listener remembers, bounded: who has to go when there are too many. Flows themselves are
 * `udp.ts`'s.
 *
 * Theory of operation. Anybody can forge source addresses, and each makes a flow. So peers are kept in two rings
 * ordered by when they were last heard. A *stranger* was never heard again after we sent something to it, which a
 * forger who cannot see our answers hardly achieves for many addresses at once. Strangers push out only strangers.
 */
import { udpStrangersShare } from './limits.ts'

export interface Peer {
  readonly key: string
  isStranger: boolean
  heardAtMs: number
}

export function peerKey(remoteAddress: string, remotePort: number): string {
  return `${remoteAddress} ${remotePort}`
}

export class UdpPeers<P extends Peer> {
  readonly #strangers = new Map<string, P>()
  readonly #known = new Map<string, P>()
  readonly #strangersMax: number
  readonly #knownMax: number

  constructor(peersMax: number) {
    this.#strangersMax = Math.max(1, Math.floor(peersMax * udpStrangersShare))
    this.#knownMax = Math.max(1, peersMax - this.#strangersMax)
  }

  find(key: string): P | undefined {
    return this.#known.get(key) ?? this.#strangers.get(key)
  }

  /** Adds a stranger; returns who has to go for it, or null. */
  add(peer: P): P | null {
    this.#strangers.set(peer.key, peer)
    return this.#strangers.size > this.#strangersMax ? oldest(this.#strangers) : null
  }

  /** Moves a peer to the young end of its ring. Once a sweep is enough: the order need not be finer than the clock. */
  heard(peer: P, nowMs: number): void {
    if (peer.heardAtMs === nowMs) return
    peer.heardAtMs = nowMs
    const ring = peer.isStranger ? this.#strangers : this.#known
    ring.delete(peer.key)
    ring.set(peer.key, peer)
  }

  /** A stranger answered; returns who has to go for it, or null. */
  befriend(peer: P): P | null {
    this.#strangers.delete(peer.key)
    peer.isStranger = false
    this.#known.set(peer.key, peer)
    return this.#known.size > this.#knownMax ? oldest(this.#known) : null
  }

  remove(peer: P): void {
    const ring = peer.isStranger ? this.#strangers : this.#known
    if (ring.get(peer.key) === peer) ring.delete(peer.key)
  }
}

function oldest<P>(ring: Map<string, P>): P | null {
  for (const peer of ring.values()) return peer
  return null
}
