/**
 * By which flow a NOTIFY leaves, by its size (RFC 3261 §18.1.1): what UDP would carry in fragments goes by a stream
 * flow where the device has one, and what is too long even for those goes by no other.
 */
import type { ForwardTarget } from '../ports/bus.ts'
import { type Devices, wholeDatagramRequestBytesMax } from '../registrar/index.ts'
import type { EventSettings } from './settings.ts'
import type { Subscription } from './subscription.ts'

/** Via, Route and what else the edge writes. */
const edgeBytes = 500

export class NotifyWays {
  readonly #devices: Devices
  readonly #settings: Pick<EventSettings, 'udpFragmentBytesMax'>

  constructor(devices: Devices, settings: Pick<EventSettings, 'udpFragmentBytesMax'>) {
    this.#devices = devices
    this.#settings = settings
  }

  /** Null: there is no flow that would carry it. To be asked while the subscription has a target. */
  wayFor(subscription: Subscription, bytesCount: number): ForwardTarget | null {
    const { target } = subscription
    if (target?.transport !== 'udp' || bytesCount <= wholeDatagramRequestBytesMax) return target
    return (
      this.#streamOf(subscription) ?? (bytesCount + edgeBytes <= this.#settings.udpFragmentBytesMax ? target : null)
    )
  }

  /** Its device is still bound to the flow by which it was asked for. */
  isThere(subscription: Subscription): boolean {
    return this.#targetsOf(subscription).some(({ flow }) => flow === subscription.target?.flow)
  }

  /** Another flow of the same device that is a stream. */
  #streamOf(subscription: Subscription): ForwardTarget | null {
    const isStream = ({ transport }: ForwardTarget) => transport !== null && transport !== 'udp'
    return this.#targetsOf(subscription).find(isStream) ?? null
  }

  #targetsOf({ watcher, deviceKey }: Subscription): readonly ForwardTarget[] {
    if (deviceKey === null) return []
    return this.#devices.known(watcher).find((each) => each.deviceKey === deviceKey)?.targets ?? []
  }
}
