/**
 * From the configuration to what the core is told: plain data, in the core's units.
 */
import { type Config, ownDomains } from '../config/index.ts'
import { standardEventSettings } from '../events/index.ts'
import { standardPresenceSettings } from '../presence/index.ts'
import type { CoreSettings } from '../runtime/index.ts'
import type { BearerTerms } from '../sip/bearer/bearer.ts'
import type { RoutesSettings } from '../topology/index.ts'

const dayMs = 86_400_000

export interface CoreFacts {
  readonly realm: string
  readonly bootId: string
  readonly version: string
  /** Null or missing where this server is alone. */
  readonly topology?: RoutesSettings | null
}

export function coreSettings(config: Config, of: CoreFacts): CoreSettings {
  const { domain, registrar, messaging, policy, auth, limits } = config
  const { realm, bootId, topology = null } = of
  return {
    edge: {
      domains: topology === null ? ownDomains(domain) : [...topology.topology.domains],
      realm,
      bootId,
      failuresPerFlowMax: auth.failuresPerFlowMax,
      bearer: bearerTerms(auth.tokens),
      limits: {
        flow: { ...limits.flow },
        source: { ...limits.source },
        newFlowsPerSecond: limits.newConnectionsPerSecond,
        failuresPerMinute: limits.failedAuthenticationsPerMinute,
        banMs: limits.banSeconds * 1000,
        busyAfterMs: limits.busyAfterMs,
        busyAfterWaiting: limits.busyAfterWaiting,
        memoryBytesMax: limits.memoryMb * 2 ** 20,
      },
      udpFragmentBytesMax: messaging.udpFragmentBytesMax,
      serverName: `Meridian/${of.version}`,
      homesChallenge: topology !== null,
      addsPath: topology?.role === 'front-end',
    },
    authentication: {
      realm,
      bootId,
      nonceLifetimeMs: auth.nonceLifetimeSeconds * 1000,
      reauthenticateMs: auth.reauthenticateHours * 3_600_000,
      withoutQop: auth.withoutQop,
      bearer: bearerTerms(auth.tokens),
    },
    services: {
      registrar: { ...registrar, deviceRememberedMs: messaging.deviceRememberedDays * dayMs },
      messaging: {
        deliveryTimeoutMs: messaging.deliveryTimeoutMs,
        mailboxMessagesMax: messaging.mailboxMessagesMax,
        mailboxBytesMax: messaging.mailboxBytesMax,
        deviceQueueMax: messaging.deviceQueueMax,
        messageExpiryMs: messaging.messageExpiryDays * dayMs,
        requestsPerSecond: limits.account.requestsPerSecond,
        burst: limits.account.burst,
        busyAfterMs: limits.busyAfterMs,
        busyAfterWaiting: limits.busyAfterWaiting,
      },
      events: { ...standardEventSettings, udpFragmentBytesMax: messaging.udpFragmentBytesMax },
      presence: standardPresenceSettings,
      policy: { default: policy.default },
      xcap: { root: config.web.xcapRoot },
    },
    asksDirectory: config.directory.kind !== 'local',
    topology,
  }
}

/** Null where no tokens are taken. */
function bearerTerms({ issuer, authorizationServer, scope }: Config['auth']['tokens']): BearerTerms | null {
  return issuer === null ? null : { authorizationServer: authorizationServer ?? issuer, scope }
}
