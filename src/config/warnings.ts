/**
 * What is allowed in a configuration and yet seldom meant; `config check` says it.
 */
import type { Config } from './schema.ts'
import { isPlain } from './sections/listen.ts'

export function configWarnings(config: Config): readonly string[] {
  const { listen, limits, tls } = config
  const warnings: string[] = []
  if (listen.plainOutsideLoopback && listen.endpoints.some((endpoint) => isPlain(endpoint.transport))) {
    warnings.push('listen.plainOutsideLoopback: messages cross the network unencrypted')
  }
  if (listen.endpoints.length === 0) warnings.push('listen.endpoints: the list is empty, so nobody can connect')
  const switchedOff = [
    ['limits.source.requestsPerSecond', limits.source.requestsPerSecond],
    ['limits.flow.requestsPerSecond', limits.flow.requestsPerSecond],
    ['limits.account.requestsPerSecond', limits.account.requestsPerSecond],
    ['limits.failedAuthenticationsPerMinute', limits.failedAuthenticationsPerMinute],
    ['limits.newConnectionsPerSecond', limits.newConnectionsPerSecond],
    ['limits.busyAfterMs', limits.busyAfterMs],
  ] as const
  for (const [key, value] of switchedOff) if (value === 0) warnings.push(`${key}: this limit is off`)
  if (tls.privateKeyPassphrase !== null && tls.privateKeyFile === null) {
    warnings.push('tls.privateKeyPassphrase: has no use without tls.privateKeyFile')
  }
  return warnings
}
