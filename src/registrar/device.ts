/**
 * What the registrar tells other services about a user's devices, and how they hear that one came back.
 */
import type { ForwardTarget } from '../ports/bus.ts'
import type { FlowId } from '../ports/flows.ts'
import type { Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { Binding } from './binding.ts'

export interface Device {
  /** Instance id or `epid:…`; failing both, `contact:` and the Contact URI. */
  readonly deviceKey: string
  /** Known by instance or epid: it is recognised when it returns, so a queue of its own makes sense. */
  readonly lasting: boolean
  readonly lastSeenMs: number
  /** Asked for copies of what its user sends from elsewhere (option tag `im-sent-copies`). */
  readonly wantsSentCopies: boolean
  /**
   * Live flows, newest first; empty while it is off line or not confirmed since a start. One device, never two copies.
   */
  readonly targets: readonly ForwardTarget[]
}

/** Those of a user that a flow reaches: usually one. */
export function devicesOn(devices: Devices, aor: Aor, flow: FlowId): readonly Device[] {
  return devices.known(aor).filter(({ targets }) => targets.some((target) => target.flow === flow))
}

export interface DeviceListener {
  /** A REGISTER gave this device a flow: called in the unit of that REGISTER, after which `known` shows it. */
  onReachable(unit: Unit, aor: Aor, deviceKey: string): void
  /**
   * The device's last flow has gone, or its bindings were removed: called in the unit that does so. `goodbye`: it said
   * so itself, by a REGISTER or by closing its flow in order.
   */
  onUnreachable?(unit: Unit, aor: Aor, deviceKey: string, goodbye: boolean): void
  /** These are known no longer: called in the unit that forgets them, with all that it forgets of this user. */
  onForgotten?(unit: Unit, aor: Aor, deviceKeys: readonly string[]): void
}

/** What has happened to a binding, in the words of RFC 3680 §5.2. */
export type BindingEvent = 'registered' | 'refreshed' | 'expired' | 'deactivated' | 'unregistered'

/** Called in the midst of a change, where no unit may begin. */
export type BindingListener = (aor: Aor, binding: Binding, event: BindingEvent) => void

export interface Devices {
  /** All devices of a user seen within the remembered days, on line or not. Same order for same state. */
  known(aor: Aor): readonly Device[]
  /**
   * Those that a Request-URI of this user means: one for a GRUU (RFC 5627), all for the user's own URI. Null for a GRUU
   * that is not, or no longer, valid.
   */
  meant(aor: Aor, requestUri: string): readonly Device[] | null
  listen(listener: DeviceListener): void
}
