/**
 * Section `listen`: the addresses that accept flows. Plain transports stay on loopback unless told otherwise: a
 * password digest and every message would cross the network for anybody to read.
 */
import type * as v from 'valibot'
import { choiceKey, group, groupListKey, required, switchKey, textKey, wholeNumberKey } from '../key.ts'
import { hostOrAddress, isLoopback } from '../names.ts'
import type { Problem } from '../problem.ts'

/** `web` is WSS and HTTPS on one port; `ws` is the same without TLS. */
export const listenTransports = ['udp', 'tcp', 'tls', 'web', 'ws'] as const
export type ListenTransport = (typeof listenTransports)[number]

const plainTransports: readonly ListenTransport[] = ['udp', 'tcp', 'ws']

const loopbackEndpoints = [
  { transport: 'udp', host: '127.0.0.1', port: 5060 },
  { transport: 'tcp', host: '127.0.0.1', port: 5060 },
  { transport: 'tls', host: '127.0.0.1', port: 5061 },
  { transport: 'web', host: '127.0.0.1', port: 5443 },
  { transport: 'ws', host: '127.0.0.1', port: 5080 },
  { transport: 'udp', host: '::1', port: 5060 },
  { transport: 'tcp', host: '::1', port: 5060 },
  { transport: 'tls', host: '::1', port: 5061 },
  { transport: 'web', host: '::1', port: 5443 },
  { transport: 'ws', host: '::1', port: 5080 },
] as const

const endpointEntries = {
  transport: required(
    choiceKey({
      choices: listenTransports,
      default: 'tls',
      reload: 'restart',
      why: 'What is spoken there: udp, tcp, tls, web (WSS and HTTPS) or ws (WebSocket and HTTP without TLS).',
    }),
  ),
  host: textKey({
    default: '127.0.0.1',
    rule: hostOrAddress,
    reload: 'restart',
    why: 'The address to listen on; 0.0.0.0 and :: mean every address of the machine.',
  }),
  port: required(
    wholeNumberKey({
      default: 0,
      min: 0,
      max: 65_535,
      unit: 'port',
      reload: 'restart',
      why: 'The port to listen on; 0 takes a free one, which the log then names.',
    }),
  ),
}

export const listenSection = group('The addresses that accept clients and servers.', {
  endpoints: groupListKey({
    entries: endpointEntries,
    default: loopbackEndpoints,
    lengthMax: 64,
    reload: 'restart',
    why: 'List the addresses that clients reach; the default answers on this machine’s loopback only.',
  }),
  plainOutsideLoopback: switchKey({
    default: false,
    reload: 'restart',
    why: 'Allows udp, tcp and ws on addresses other than loopback, where anybody on the way reads the messages.',
  }),
})

export type ListenConfig = v.InferOutput<typeof listenSection>
export type ListenEndpoint = ListenConfig['endpoints'][number]

export function isPlain(transport: ListenTransport): boolean {
  return plainTransports.includes(transport)
}

export function checkListen(listen: ListenConfig): readonly Problem[] {
  return [...plainProblems(listen), ...repeatedProblems(listen)]
}

function plainProblems(listen: ListenConfig): readonly Problem[] {
  if (listen.plainOutsideLoopback) return []
  return listen.endpoints.flatMap((endpoint, index) => {
    if (!isPlain(endpoint.transport) || isLoopback(endpoint.host)) return []
    const { transport, host } = endpoint
    const message =
      `${transport} on ${host} leaves this machine without encryption, so anybody on the way reads messages and can ` +
      `guess passwords from the digests; use ${transport === 'ws' ? 'web' : 'tls'}, or set ` +
      'listen.plainOutsideLoopback: true'
    return [{ path: ['listen', 'endpoints', index, 'host'], message }]
  })
}

function repeatedProblems(listen: ListenConfig): readonly Problem[] {
  const seen = new Set<string>()
  const problems: Problem[] = []
  for (const [index, { transport, host, port }] of listen.endpoints.entries()) {
    const place = `${transport === 'udp' ? 'udp' : 'tcp'} ${host} ${port}`
    const message = `another endpoint listens on ${host} port ${port} already`
    if (port !== 0 && seen.has(place)) problems.push({ path: ['listen', 'endpoints', index, 'port'], message })
    seen.add(place)
  }
  return problems
}
