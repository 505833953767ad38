/**
 * Section `topology`: where the list of servers that belong together stands, and whose certificates they may show.
 * What that list may hold is decided in `src/topology/`.
 */
import type * as v from 'valibot'
import { group, optionalTextKey, switchKey, textListKey, wholeNumberKey } from '../key.ts'
import { hostOrAddress } from '../names.ts'
import type { Problem } from '../problem.ts'
import type { ServerConfig } from './server.ts'

export const topologySection = group('The servers that belong together, and how they know each other.', {
  file: optionalTextKey({
    isPath: true,
    reload: 'restart',
    why: 'The topology.yaml that names all servers and their roles; without it this server stands alone.',
  }),
  authorityFile: optionalTextKey({
    isPath: true,
    reload: 'restart',
    why: 'PEM certificates of the authorities that issue for servers; without it those of tls.clientAuthorityFile.',
  }),
  revocationFiles: textListKey({
    default: [],
    isPath: true,
    lengthMax: 32,
    reload: 'restart',
    why: 'Revocation lists (CRLs, PEM or DER) of these authorities; what they name is no server any more.',
  }),
  linkHost: optionalTextKey({
    rule: hostOrAddress,
    reload: 'restart',
    why: 'Takes links on this address alone, where clients never come; without it they come in on the tls endpoints.',
  }),
  redirects: switchKey({
    default: false,
    reload: 'restart',
    why: 'A front-end sends clients to the clientUri of their home, for clients that may reach it, and relays nothing.',
  }),
  linkPort: wholeNumberKey({
    default: 5061,
    min: 0,
    max: 65_535,
    unit: 'port',
    reload: 'restart',
    why: 'The port of linkHost, which has no meaning without it; 0 takes a free one, which the log then names.',
  }),
})

export type TopologyConfig = v.InferOutput<typeof topologySection>

export function checkTopologyKeys(config: { server: ServerConfig; topology: TopologyConfig }): readonly Problem[] {
  const { server, topology } = config
  if (server.role !== 'front-end' || topology.file !== null) return []
  const message = 'a front-end has no users of its own: topology.file must name the homes that it passes them to'
  return [{ path: ['server', 'role'], message }]
}
