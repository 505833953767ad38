/**
 * The server's defaults as the core sees them, with limits high enough that no test meets one by accident.
 */
import { defaultConfig } from '../../src/config/index.ts'
import type { CoreSettings } from '../../src/runtime/index.ts'
import { coreSettings } from '../../src/server/core-settings.ts'
import type { RoutesSettings } from '../../src/topology/index.ts'

const plenty = { requestsPerSecond: 1_000, burst: 10_000 }

export function worldSettings(bootId: string, topology: RoutesSettings | null = null): CoreSettings {
  const { edge, authentication, services, asksDirectory } = coreSettings(defaultConfig, {
    realm: 'example.test',
    bootId,
    version: 'test',
  })
  const limits = {
    ...edge.limits,
    flow: { ...plenty },
    source: { ...plenty },
    newFlowsPerSecond: 1_000,
    failuresPerMinute: 100,
  }
  return {
    edge: { ...edge, limits, homesChallenge: topology !== null, addsPath: topology?.role === 'front-end' },
    authentication,
    services: { ...services, messaging: { ...services.messaging, ...plenty } },
    asksDirectory,
    topology,
  }
}
