/**
 * The server's defaults as the core sees them, with limits high enough that no test meets one by accident.
 */
import type { CoreSettings } from '../../src/runtime/index.ts'

const dayMs = 86_400_000

export function worldSettings(bootId: string): CoreSettings {
  return {
    edge: {
      domains: ['example.test'],
      realm: 'example.test',
      bootId,
      failuresPerFlowMax: 3,
      limits: {
        flow: { requestsPerSecond: 1_000, burst: 10_000 },
        source: { requestsPerSecond: 1_000, burst: 10_000 },
        newFlowsPerSecond: 1_000,
        failuresPerMinute: 100,
        banMs: 60_000,
      },
      udpFragmentBytesMax: 8_192,
      serverName: 'Meridian/test',
    },
    authentication: {
      realm: 'example.test',
      bootId,
      nonceLifetimeMs: 300_000,
      reauthenticateMs: 8 * 3_600_000,
      withoutQop: 'tls',
    },
    services: {
      registrar: {
        minExpiresSeconds: 60,
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
        requestsPerSecond: 1_000,
        burst: 10_000,
      },
    },
  }
}
