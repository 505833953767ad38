/**
 * The addresses that a start listens on, each made sure of before the workers share it.
 */
import type { Log } from '../ports/log.ts'
import type { ListenEndpoint } from '../runtime/index.ts'
import { isAddressAvailable, portFault } from '../transport/index.ts'
import { StartFailure } from './start-failure.ts'

/** Those to listen on: an IPv6 loopback that is not there is left out. Throws where somebody else listens. */
export async function usableEndpoints(configured: readonly ListenEndpoint[], log: Log): Promise<ListenEndpoint[]> {
  const endpoints: ListenEndpoint[] = []
  const hasIpv6 = await isAddressAvailable('::1')
  for (const endpoint of configured) {
    if (endpoint.host === '::1' && !hasIpv6) {
      log.write('info', 'runtime.no-ipv6-loopback', { transport: endpoint.transport, port: endpoint.port })
      continue
    }
    const fault = await portFault(endpoint)
    if (fault) throw new StartFailure(fault)
    endpoints.push(endpoint)
  }
  return endpoints
}
