/**
 * What is allowed in a configuration and yet seldom meant; `config check` says it.
 */
import type { Config } from './schema.ts'
import { isPlain } from './sections/listen.ts'

/** A start with no accounts holds some 250 MB that count, and sign-ins are refused from 70 % on. */
const memoryMbLeast = 512

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
    ['limits.busyAfterWaiting', limits.busyAfterWaiting],
  ] as const
  for (const [key, value] of switchedOff) if (value === 0) warnings.push(`${key}: this limit is off`)
  if (limits.memoryMb > 0 && limits.memoryMb < memoryMbLeast) {
    warnings.push(`limits.memoryMb: below ${memoryMbLeast} a server without users may already refuse to let anybody in`)
  }
  if (tls.privateKeyPassphrase !== null && tls.privateKeyFile === null) {
    warnings.push('tls.privateKeyPassphrase: has no use without tls.privateKeyFile')
  }
  return warnings
}
