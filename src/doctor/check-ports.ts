/**
 * Whether the configured addresses are this server's, or free for it; and who has those that are not.
 */
import type { Config } from '../config/index.ts'
import { isAddressAvailable, portFault } from '../transport/index.ts'
import { type Finding, Findings } from './finding.ts'
import { type PortHolder, portHolders } from './port-holder.ts'

export interface PortsQuestion {
  readonly config: Config
  /** Of the server that runs on this data folder; null: none does. */
  readonly serverPid: number | null
}

export async function checkPorts({ config, serverPid }: PortsQuestion): Promise<readonly Finding[]> {
  const found = new Findings('ports')
  const { endpoints } = config.listen
  if (endpoints.length === 0) found.fault('listen.endpoints', 'the list is empty: nobody can connect', 'name addresses')
  for (const endpoint of endpoints) {
    const { transport, host, port } = endpoint
    const place = `${transport} ${host} port ${port}`
    if (port === 0) {
      found.right('listen.endpoints', `${transport} ${host}: a free port is taken at each start`)
      continue
    }
    if (host === '::1' && !(await isAddressAvailable('::1'))) {
      found.right('listen.endpoints', `${place}: this machine has no IPv6 loopback; it is left out`)
      continue
    }
    const holders = portHolders(transport === 'udp' ? 'udp' : 'tcp', port)
    const fault = await portFault(endpoint)
    const isOurs = serverPid !== null && holders.some(({ pid }) => pid === serverPid)
    if (fault !== null && isOurs) found.right('listen.endpoints', `${place} is the server’s (pid ${serverPid})`)
    else if (fault !== null) found.fault('listen.endpoints', `${fault}${heldBy(holders)}`, cureOf(fault, holders))
    else if (serverPid === null) found.right('listen.endpoints', `${place} is free`)
    else {
      const cure = 'look for runtime.listen-failed in the log; a new endpoint needs a restart'
      found.fault('listen.endpoints', `${place} is free: the server that runs does not listen there`, cure)
    }
  }
  return found.all
}

function heldBy(holders: readonly PortHolder[]): string {
  const [first] = holders
  if (!first) return ''
  return ` (held by ${first.name}${first.pid === null ? '' : `, pid ${first.pid}`})`
}

function cureOf(fault: string, [holder]: readonly PortHolder[]): string {
  if (fault.includes('may not listen')) return 'give the unit CAP_NET_BIND_SERVICE, or choose a port from 1024 on'
  if (fault.includes('no address of this machine')) return 'name one of `ip addr`, or 0.0.0.0 for all'
  const program = holder?.pid ? `end pid ${holder.pid}` : 'end that program (`ss -lptn` as root names it)'
  return `${program}, or choose another port in listen.endpoints`
}
