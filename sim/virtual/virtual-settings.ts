/**
 * What the virtual server's cores are told in a run of capacity: the product's defaults.
 */
import { defaultConfig } from '../../src/config/index.ts'
import type { CoreSettings } from '../../src/runtime/worker-core.ts'
import { coreSettings } from '../../src/server/core-settings.ts'
import { realm } from '../world/core-settings.ts'

export function virtualSettings(bootId: string): CoreSettings {
  return coreSettings(defaultConfig, { realm, bootId, version: 'virtual' })
}
