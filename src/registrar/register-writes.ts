/**
 * The records of a REGISTER: bindings and devices that must be written, and bindings that go. Which
 * bindings those are is chosen in `plan-register.ts`.
 */
import { bindingKey, bindingRecord } from '../ports/records/binding.ts'
import { type DeviceRecord, deviceRecord, deviceStoreKey } from '../ports/records/device.ts'
import type { Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { type Binding, isLasting, toRecord } from './binding.ts'
import type { RegisterPlan } from './plan-register.ts'
import type { Registrations } from './registrations.ts'

/** A device's "last seen" is written again only when the stored one is this old: it decides about days, not minutes. */
const lastSeenWrittenEveryMs = 86_400_000

export function writeRegister(unit: Unit, aor: Aor, registrations: Registrations, plan: RegisterPlan): void {
  for (const binding of plan.set) {
    if (plan.written.has(binding.identity)) {
      unit.write(aor, bindingKey(aor, binding.identity), bindingRecord.encode(toRecord(binding)))
    }
    const device = deviceToWrite(registrations, binding, unit.nowMs)
    if (device) unit.write(aor, deviceStoreKey(aor, device.deviceKey), deviceRecord.encode(device))
  }
  for (const identity of plan.removed) unit.write(aor, bindingKey(aor, identity), null)
}

/** Null where the stored record will do, and for a device that nobody will know again. */
export function deviceToWrite(registrations: Registrations, binding: Binding, nowMs: number): DeviceRecord | null {
  if (!isLasting(binding.deviceKey)) return null
  const known = registrations.remembered.get(binding.deviceKey)
  if (known && nowMs - known.lastSeenMs < lastSeenWrittenEveryMs) return null
  const { deviceKey, instanceId, userAgent } = binding
  return { deviceKey, instanceId, userAgent, lastSeenMs: nowMs, queueDroppedCount: known?.queueDroppedCount ?? 0 }
}
