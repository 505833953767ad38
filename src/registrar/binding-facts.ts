/**
 * What others want to know of bindings.
 */
import type { DeviceSummary } from '../ports/admin.ts'
import type { Binding } from './binding.ts'

export function deviceKeysOf(bindings: readonly Binding[]): readonly string[] {
  return bindings.map(({ deviceKey }) => deviceKey)
}

/** As administrators see it. */
export function bindingSummary(binding: Binding): DeviceSummary {
  const { deviceKey, contactUri, userAgent, flow, transport, expiresMs } = binding
  return { deviceKey, contactUri, userAgent, online: flow !== null, transport, expiresMs }
}
