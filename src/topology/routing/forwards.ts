/**
 * The way of a request that an edge forwards: to the edge that owns the flow which it shall leave by, over the homes of
 * sender and recipient where that is another server's.
 */
import type { Bus, ForwardMessage } from '../../ports/bus.ts'
import { isOwnPlace } from '../../ports/places.ts'
import { shardOf } from '../../ports/sharding.ts'
import type { Homing } from '../../ports/topology.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { ServerPlaces } from './server-places.ts'

export interface ForwardsOwner {
  readonly isFrontEnd: boolean
  /** False: it was refused, and nobody will answer. */
  depart(place: number, message: ForwardMessage): boolean
  /** Whoever asked is told that nothing was sent. */
  fail(message: ForwardMessage): void
}

export class Forwards {
  readonly #bus: Bus
  readonly #places: ServerPlaces
  readonly #homing: Homing
  readonly #owner: ForwardsOwner

  constructor(bus: Bus, places: ServerPlaces, homing: Homing, owner: ForwardsOwner) {
    this.#bus = bus
    this.#places = places
    this.#homing = homing
    this.#owner = owner
  }

  /**
   * From the sender's server to the sender's home, from there to the recipient's home, and from there to the edge that
   * owns the flow: each knows the one before as somebody who may say so.
   */
  send(message: ForwardMessage): void {
    const { sender, recipient, target, from } = message
    const place = this.#places.ofFlow(target.flow)
    if (isOwnPlace(place)) return void this.#bus.send(place, message)
    if (this.#owner.isFrontEnd) return this.#passOn(sender, message)
    // What a shard of ours sends goes to its own user.
    if (from.half === 'shard' && isOwnPlace(from.worker)) return this.#sendToFlow(place, message)
    this.#homing.find(recipient, (home) => {
      if (typeof home === 'object' && home.server === this.#places.ownName) this.#sendToFlow(place, message)
      else this.#passOn(recipient, message)
    })
  }

  #passOn(aor: Aor, message: ForwardMessage): void {
    this.#homing.find(aor, (home) => {
      const place = typeof home === 'object' ? this.#places.shardAt(home.server, aor) : null
      if (place === null || !this.#owner.depart(place, message)) this.#owner.fail(message)
    })
  }

  #sendToFlow(place: number, message: ForwardMessage): void {
    if (place >= 0 && this.#owner.depart(place, message)) return
    const { recipient: aor, target } = message
    // Of an earlier start of its server, or one that is out of reach: its binding has not heard so.
    this.#bus.send(shardOf(aor, this.#bus.workersCount), { kind: 'flow-died', aor, flow: target.flow, goodbye: false })
    this.#owner.fail(message)
  }
}
