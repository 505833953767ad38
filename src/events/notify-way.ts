/**
 * By which flow a NOTIFY leaves, by its size (RFC 3261 §18.1.1): what UDP would carry in fragments goes by a stream
 * flow where the device has one, and what is too long even for those goes by no other.
 */
import type { ForwardTarget } from '../ports/bus.ts'
import { type Devices, wholeDatagramRequestBytesMax } from '../registrar/index.ts'
import type { Subscription } from './subscription.ts'

/** Via, Route and what else the edge writes. */
const edgeBytes = 500

export class NotifyWays {
  readonly #devices: Devices
  readonly #udpBytesMax: number

  /** `udpBytesMax`: the longest request that may leave in fragments. */
  constructor(devices: Devices, udpBytesMax: number) {
    this.#devices = devices
    this.#udpBytesMax = udpBytesMax
  }

  /** Null: there is no flow that would carry it. To be asked while the subscription has a target. */
  wayFor(subscription: Subscription, bytesCount: number): ForwardTarget | null {
    const { target } = subscription
    if (target?.transport !== 'udp' || bytesCount <= wholeDatagramRequestBytesMax) return target
    return this.streamOf(subscription) ?? (bytesCount + edgeBytes <= this.#udpBytesMax ? target : null)
  }

  /** Another flow of the same device that is a stream. */
  streamOf({ watcher, deviceKey }: Subscription): ForwardTarget | null {
    if (deviceKey === null) return null
    const device = this.#devices.known(watcher).find((each) => each.deviceKey === deviceKey)
    return device?.targets.find(({ transport }) => transport !== null && transport !== 'udp') ?? null
  }
}
