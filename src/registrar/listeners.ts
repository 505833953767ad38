/**
 * Who hears of a user's devices and bindings, and in which units: the voices of `registrar-service.ts`.
 */
import type { ShardHost, Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { Binding } from './binding.ts'
import type { BindingEvent, BindingListener, Device, DeviceListener } from './device.ts'

export class Listeners {
  readonly devices: DeviceListener[] = []
  readonly bindings: BindingListener[] = []
  readonly #host: Pick<ShardHost, 'run'>
  readonly #known: (aor: Aor) => readonly Device[]

  constructor(host: Pick<ShardHost, 'run'>, known: (aor: Aor) => readonly Device[]) {
    this.#host = host
    this.#known = known
  }

  /** To be called in a change. */
  tellBinding(aor: Aor, binding: Binding, event: BindingEvent): void {
    for (const listener of this.bindings) listener(aor, binding, event)
  }

  /** To be called in a change. For others than the registrar another Contact is another binding (RFC 3680 §5.1.2). */
  tellSet(aor: Aor, before: Binding | null, binding: Binding): void {
    const isSame = before?.contactUri === binding.contactUri
    if (before && !isSame) this.tellBinding(aor, before, 'unregistered')
    this.tellBinding(aor, binding, isSame ? 'refreshed' : 'registered')
  }

  /** To be called after a unit. */
  tellReachable(aor: Aor, deviceKey: string): void {
    for (const listener of this.devices) {
      this.#host.run({ who: aor, what: 'device-reachable', hash: '' }, (unit) =>
        listener.onReachable(unit, aor, deviceKey),
      )
    }
  }

  /** Those of these devices that no flow reaches any more, when the unit has ended. */
  tellUnreachable(unit: Unit, aor: Aor, deviceKeys: readonly (string | undefined)[], goodbye: boolean): void {
    if (deviceKeys.length === 0) return
    unit.afterwards(() => {
      for (const deviceKey of new Set(deviceKeys)) {
        const device = this.#known(aor).find((each) => each.deviceKey === deviceKey)
        if (deviceKey === undefined || (device?.targets.length ?? 0) > 0) continue
        this.#host.run({ who: aor, what: 'device-unreachable', hash: '' }, (next) => {
          for (const listener of this.devices) listener.onUnreachable?.(next, aor, deviceKey, goodbye)
        })
      }
    })
  }
}
