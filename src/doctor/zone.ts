/**
 * The names by which clients and servers find this one (RFC 3263, DESIGN §9.5), as records and as a zone fragment.
 */
import { type Config, isLoopback } from '../config/index.ts'

export interface SrvRecord {
  readonly name: string
  readonly port: number
  readonly target: string
}

export interface NaptrRecord {
  readonly name: string
  readonly order: number
  /** `SIPS+D2T` */
  readonly service: string
  readonly replacement: string
}

export interface Zone {
  readonly naptr: readonly NaptrRecord[]
  readonly srv: readonly SrvRecord[]
}

/** By transport: the services of SRV; those beside the RFC's own are asked for by clients of Microsoft's family. */
const services: Readonly<Record<string, readonly string[]>> = {
  tls: ['_sips._tcp', '_sip._tls', '_sipinternaltls._tcp'],
  tcp: ['_sip._tcp', '_sipinternal._tcp'],
  udp: ['_sip._udp'],
}

/** RFC 3263 §4.1, in the order that a client should prefer. */
const naptrServices = [
  ['tls', 'SIPS+D2T', '_sips._tcp'],
  ['tcp', 'SIP+D2T', '_sip._tcp'],
  ['udp', 'SIP+D2U', '_sip._udp'],
] as const

/** For endpoints that others can reach; empty where all are on loopback. */
export function wantedZone(config: Config, domains: readonly string[], target: string): Zone {
  const reachable = config.listen.endpoints.filter(({ host, port }) => !isLoopback(host) && port !== 0)
  const ports = new Map(reachable.toReversed().map(({ transport, port }) => [transport as string, port]))
  const srv = domains.flatMap((domain) =>
    Object.entries(services).flatMap(([transport, names]) => {
      const port = ports.get(transport)
      return port === undefined ? [] : names.map((name) => ({ name: `${name}.${domain}`, port, target }))
    }),
  )
  const naptr = domains.flatMap((domain) =>
    naptrServices
      .filter(([transport]) => ports.has(transport))
      .map(([, service, name], index) => {
        return { name: domain, order: 10 * (index + 1), service, replacement: `${name}.${domain}` }
      }),
  )
  return { naptr, srv }
}

/** As it is put into a zone file (RFC 1035 §5, RFC 2782, RFC 3403). */
export function zoneFragment({ naptr, srv }: Zone): string {
  const lines = [
    ...naptr.map(({ name, order, service, replacement }) => {
      return `${name}. 3600 IN NAPTR ${order} 50 "s" "${service}" "" ${replacement}.`
    }),
    ...srv.map(({ name, port, target }) => `${name}. 3600 IN SRV 10 10 ${port} ${target}.`),
  ]
  return lines.join('\n')
}
