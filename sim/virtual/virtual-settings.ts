/**
 * What the virtual server's cores are told in a run of capacity: the product's defaults.
 */
import { defaultConfig } from '../../src/config/index.ts'
import type { CoreSettings } from '../../src/runtime/worker-core.ts'
import { coreSettings } from '../../src/server/core-settings.ts'
import { realm } from '../world/core-settings.ts'

/** `asksDirectory`: some users become accounts only when a directory has been asked for them. */
export function virtualSettings(bootId: string, asksDirectory = false): CoreSettings {
  return { ...coreSettings(defaultConfig, { realm, bootId, version: 'virtual' }), asksDirectory }
}
