/**
 * What a user's devices being there, or not, means for presence: at once when one comes or says goodbye, after a
 * while when its flow breaks (a closed lid, a change of network).
 */
import type { Devices } from '../registrar/index.ts'
import type { ShardHost, Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { PresenceSettings } from './settings.ts'
import type { Presentities } from './watching/presentities.ts'
import type { Presentity } from './watching/presentity.ts'

export class Reachability {
  readonly #host: ShardHost
  readonly #devices: Devices
  readonly #settings: PresenceSettings
  readonly #presentities: Presentities

  constructor(host: ShardHost, devices: Devices, settings: PresenceSettings, presentities: Presentities) {
    this.#host = host
    this.#devices = devices
    this.#settings = settings
    this.#presentities = presentities
  }

  onReachable(unit: Unit, aor: Aor, deviceKey: string): void {
    const presentity = this.#presentities.of(aor)
    unit.change(() => {
      this.#stopLeaving(presentity, deviceKey)
      for (const publication of presentity.publications.values()) {
        if (publication.deviceKey === deviceKey) publication.isConfirmed = true
      }
    })
    this.#presentities.changed(unit, presentity, unit.nowMs)
  }

  onUnreachable(unit: Unit, aor: Aor, deviceKey: string, goodbye: boolean): void {
    const presentity = this.#presentities.of(aor)
    if (goodbye) {
      unit.change(() => this.#stopLeaving(presentity, deviceKey))
      this.#presentities.changed(unit, presentity, unit.nowMs)
      return
    }
    unit.change(() => {
      this.#presentities.keep(presentity)
      if (presentity.leaving.has(deviceKey)) return
      const target = { onTimer: () => this.#onGone(presentity, deviceKey) }
      presentity.leaving.set(deviceKey, this.#host.timers.set(this.#settings.unreachableGraceMs, target, 0))
    })
  }

  #onGone(presentity: Presentity, deviceKey: string): void {
    presentity.leaving.delete(deviceKey)
    const device = this.#devices.known(presentity.aor).find((each) => each.deviceKey === deviceKey)
    if (device && device.targets.length > 0) return
    this.#host.run({ who: presentity.aor, what: 'device-gone', hash: '' }, (unit) =>
      this.#presentities.changed(unit, presentity, unit.nowMs),
    )
  }

  #stopLeaving(presentity: Presentity, deviceKey: string): void {
    const timer = presentity.leaving.get(deviceKey)
    if (timer) this.#host.timers.cancel(timer)
    presentity.leaving.delete(deviceKey)
  }
}
