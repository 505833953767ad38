/**
 * What the virtual server's cores are told in a run of capacity: the product's defaults. Overload is shown by queues
 * that grow, not refused: nothing measures the delay of a turn in virtual time.
 */
import { defaultConfig } from '../../src/config/index.ts'
import type { CoreSettings } from '../../src/runtime/worker-core.ts'
import { coreSettings } from '../../src/server/core-settings.ts'
import { realm } from '../world/core-settings.ts'

export function virtualSettings(bootId: string): CoreSettings {
  const settings = coreSettings(defaultConfig, { realm, bootId, version: 'virtual' })
  return { ...settings, edge: { ...settings.edge, limits: { ...settings.edge.limits, busyAfterMs: 0 } } }
}
