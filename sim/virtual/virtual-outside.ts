/**
 * The outside of simulated devices in the virtual world: lines are streams of its network, time is its time.
 */
import { StreamFramer } from '../../src/sip/framing/stream-framer.ts'
import type { Line, LineUser, Outside } from '../users/outside.ts'
import type { Link } from '../world/link.ts'
import type { Prng } from '../world/prng.ts'
import type { World } from '../world/world.ts'

/** What a client's connect takes, and what it waits where nobody listens. */
const refusedAfterMs = 1
/** The transport answers a keep-alive (RFC 5626 §4.4.1), which is not simulated: it costs a round trip. */
const pongAfterMs = 1
const devicePort = 40_000

export class VirtualOutside implements Outside {
  readonly #world: World
  readonly #random: Prng

  constructor(world: World) {
    this.#world = world
    this.#random = world.random.fork('devices')
  }

  nowUs(): number {
    return this.#world.events.nowMs * 1000
  }

  random(): number {
    return this.#random.float()
  }

  connect(device: number, user: LineUser): void {
    this.#world.events.after(0, () => {
      const line = new VirtualLine(this.#world, addressOfDevice(device), user)
      if (line.isOpen) user.onLine(line)
      else this.#world.events.after(refusedAfterMs, () => user.onNoLine('nobody listens'))
    })
  }
}

class VirtualLine implements Line {
  readonly localAddress: string
  readonly localPort = devicePort
  readonly #world: World
  readonly #user: LineUser
  readonly #link: Link | null
  #isClosed = false

  constructor(world: World, address: string, user: LineUser) {
    this.localAddress = address
    this.#world = world
    this.#user = user
    const framer = new StreamFramer({
      onMessage: (bytes) => user.onMessage(bytes),
      onKeepAlive: () => user.onPong(),
      onFault: () => this.close('gone'),
    })
    this.#link = world.network.connect(address, {
      onBytes: (bytes) => framer.push(bytes),
      onClosed: () => this.#lost(),
    })
  }

  get isOpen(): boolean {
    return this.#link !== null
  }

  send(bytes: Uint8Array): void {
    this.#link?.send(bytes)
  }

  ping(): void {
    this.#world.events.after(pongAfterMs, () => {
      if (!this.#isClosed && this.#world.server.isUp) this.#user.onPong()
    })
  }

  close(how: 'clean' | 'gone'): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#link?.close(how)
  }

  #lost(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#user.onLineLost('the connection was cut')
  }
}

/** One address for each device: `10.1.0.0` and up. */
export function addressOfDevice(device: number): string {
  return `10.${1 + (device >> 16)}.${(device >> 8) & 255}.${device & 255}`
}
