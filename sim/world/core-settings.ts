/**
 * What the virtual server's cores are told: the server's defaults, with shorter registrations, so that a run of minutes
 * sees many refreshes.
 */
import type { CoreSettings } from '../../src/runtime/worker-core.ts'

export const domain = 'example.test'
export const realm = 'example.test'
const dayMs = 86_400_000

export function coreSettings(bootId: string): CoreSettings {
  return {
    edge: {
      domains: [domain],
      realm,
      bootId,
      failuresPerFlowMax: 20,
      limits: {
        flow: { requestsPerSecond: 20, burst: 100 },
        source: { requestsPerSecond: 50, burst: 200 },
        newFlowsPerSecond: 20,
        failuresPerMinute: 60,
        banMs: 60_000,
      },
      udpFragmentBytesMax: 8_192,
      serverName: 'Meridian/sim',
    },
    authentication: { realm, bootId, nonceLifetimeMs: 60_000, reauthenticateMs: 300_000, withoutQop: 'tls' },
    services: {
      registrar: {
        minExpiresSeconds: 10,
        maxExpiresSeconds: 7_200,
        defaultExpiresSeconds: 3_600,
        devicesMax: 10,
        deviceRememberedMs: 14 * dayMs,
      },
      messaging: {
        deliveryTimeoutMs: 5_000,
        mailboxMessagesMax: 500,
        mailboxBytesMax: 5 * 1024 * 1024,
        deviceQueueMax: 200,
        messageExpiryMs: 14 * dayMs,
        requestsPerSecond: 50,
        burst: 200,
      },
    },
  }
}
