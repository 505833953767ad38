/**
 * The bindings and devices of one user, and what others may see of them. Changes come from `registrar-service.ts` only,
 * inside the changes of a unit of work.
 */
import type { ForwardTarget } from '../ports/bus.ts'
import type { FlowId, TransportName } from '../ports/flows.ts'
import type { DeviceRecord } from '../ports/records/device.ts'
import type { StoreKey } from '../ports/store.ts'
import { type Binding, type BindingIdentity, isLasting } from './binding.ts'
import type { Device } from './device.ts'
import type { RegistrarSettings } from './settings.ts'

export class Registrations {
  readonly bindings = new Map<BindingIdentity, Binding>()
  /** Lasting devices seen within the remembered days, registered or not. */
  readonly remembered = new Map<string, DeviceRecord>()
  /** Records that could not be read: kept as they are, until the account goes. */
  readonly unreadableKeys: StoreKey[] = []
  #view: readonly Device[] | null = null

  /** To be called after every change of either map. */
  changed(): void {
    this.#view = null
  }

  get isEmpty(): boolean {
    return this.bindings.size === 0 && this.remembered.size === 0 && this.unreadableKeys.length === 0
  }

  /** On line or not, in the order in which they first appeared. */
  get devices(): readonly Device[] {
    this.#view ??= makeView(this)
    return this.#view
  }

  /**
   * Devices without a binding, `added` included, that are kept no longer: not seen for too long, or beyond the number
   * that a user may have, the longest unseen first. Each remembered device costs an entry with every message.
   */
  forgettable(added: readonly Binding[], nowMs: number, settings: RegistrarSettings): string[] {
    const bound = new Set([...this.bindings.values(), ...added].map(({ deviceKey }) => deviceKey))
    const absent = [...this.remembered.values()].filter(({ deviceKey }) => !bound.has(deviceKey))
    absent.sort((a, b) => b.lastSeenMs - a.lastSeenMs)
    const roomFor = Math.max(0, settings.devicesMax - bound.size)
    const isOver = ({ lastSeenMs }: DeviceRecord, index: number) =>
      index >= roomFor || lastSeenMs + settings.deviceRememberedMs < nowMs
    return absent.filter(isOver).map(({ deviceKey }) => deviceKey)
  }

  /** One of the bindings of this device, whichever. */
  bindingOf(deviceKey: string): Binding | undefined {
    for (const binding of this.bindings.values()) if (binding.deviceKey === deviceKey) return binding
    return undefined
  }

  naming(flow: FlowId): Binding[] {
    return [...this.bindings.values()].filter((binding) => binding.flow === flow)
  }
}

function makeView(registrations: Registrations): readonly Device[] {
  const byDevice = new Map<string, Binding[]>()
  for (const deviceKey of registrations.remembered.keys()) byDevice.set(deviceKey, [])
  for (const binding of registrations.bindings.values()) {
    const bindings = byDevice.get(binding.deviceKey)
    if (bindings) bindings.push(binding)
    else byDevice.set(binding.deviceKey, [binding])
  }
  return [...byDevice].map(([deviceKey, bindings]) => {
    const lastSeenMs = registrations.remembered.get(deviceKey)?.lastSeenMs ?? bindings[0]?.createdMs ?? 0
    const live = bindings.filter((binding) => binding.flow !== null).sort((a, b) => b.order - a.order)
    const wantsSentCopies = bindings.some((binding) => binding.wantsSentCopies)
    return { deviceKey, lasting: isLasting(deviceKey), lastSeenMs, wantsSentCopies, targets: live.map(toTarget) }
  })
}

function toTarget(binding: Binding): ForwardTarget {
  return {
    flow: binding.flow as FlowId,
    transport: binding.transport as TransportName,
    contactUri: binding.contactUri,
    path: binding.path,
    qThousandths: Math.round(binding.q * 1000),
    deviceKey: binding.deviceKey,
  }
}
