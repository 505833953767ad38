/**
 * What the virtual server's cores are told: the server's defaults, with shorter registrations, so that a run of minutes
 * sees many refreshes, and limits that a run meets.
 */
import { defaultConfig } from '../../src/config/index.ts'
import type { CoreSettings } from '../../src/runtime/worker-core.ts'
import { coreSettings as serverSettings } from '../../src/server/core-settings.ts'

export const domain = 'example.test'
export const realm = 'example.test'

export function coreSettings(bootId: string): CoreSettings {
  const { edge, authentication, services } = serverSettings(defaultConfig, { realm, bootId, version: 'sim' })
  return {
    asksDirectory: false,
    topology: null,
    edge: {
      ...edge,
      failuresPerFlowMax: 20,
      limits: {
        ...edge.limits,
        flow: { requestsPerSecond: 20, burst: 100 },
        source: { requestsPerSecond: 50, burst: 200 },
        busyAfterMs: 0,
        busyAfterWaiting: 0,
        newFlowsPerSecond: 20,
        failuresPerMinute: 60,
      },
    },
    authentication: { ...authentication, nonceLifetimeMs: 60_000, reauthenticateMs: 300_000 },
    services: {
      ...services,
      registrar: { ...services.registrar, minExpiresSeconds: 10 },
      messaging: { ...services.messaging, busyAfterMs: 0, busyAfterWaiting: 0 },
      events: { ...services.events, minExpiresSeconds: 10 },
      // What two members say is too much for one NOTIFY over UDP.
      presence: { ...services.presence, minExpiresSeconds: 10, listNotifyUdpBytesMax: 500 },
    },
  }
}
