/**
 * Whether clients find this server by the domain's name (RFC 3263): what the resolver says against what is wanted. Each
 * question has a deadline, and all together too, so a resolver that never answers is a finding and not a wait.
 */
import { Resolver } from 'node:dns/promises'
import { type Finding, Findings } from './finding.ts'
import type { SrvRecord, Zone } from './zone.ts'

const questionDeadlineMs = 2_000
const allDeadlineMs = 8_000

export interface NamesQuestion {
  readonly zone: Zone
  /** Addresses of name servers; those of this machine unless given. */
  readonly servers?: readonly string[]
}

type Answer<T> = { readonly answer: T } | { readonly error: string }

export async function checkNames({ zone, servers }: NamesQuestion): Promise<readonly Finding[]> {
  const found = new Findings('names')
  if (zone.srv.length === 0) {
    found.right('listen.endpoints', 'all addresses are on loopback: nobody looks for this server by DNS')
    return found.all
  }
  const resolver = new Resolver({ timeout: questionDeadlineMs, tries: 1 })
  if (servers) resolver.setServers(servers)
  const late = setTimeout(() => resolver.cancel(), allDeadlineMs)
  const target = zone.srv[0]?.target ?? ''
  const [addresses, naptrs, srvs] = await Promise.all([
    asked(resolver.resolve4(target).catch(() => resolver.resolve6(target))),
    Promise.all([...new Set(zone.naptr.map(({ name }) => name))].map((name) => asked(resolver.resolveNaptr(name)))),
    Promise.all(zone.srv.map(({ name }) => asked(resolver.resolveSrv(name)))),
  ])
  clearTimeout(late)
  if ('error' in addresses) {
    const cure = `add an A or AAAA record for ${target}, or set server.name to a name that has one`
    found.fault('server.name', `${target} has no address: ${addresses.error}`, cure)
  } else found.right('server.name', `${target} is ${addresses.answer.join(', ')}`)
  for (const [index, record] of zone.srv.entries()) judgeSrv(found, record, srvs[index]!)
  judgeNaptr(found, zone, naptrs)
  return found.all
}

async function asked<T>(question: Promise<T>): Promise<Answer<T>> {
  try {
    return { answer: await question }
  } catch (error) {
    return { error: wordsOf((error as NodeJS.ErrnoException).code ?? String(error)) }
  }
}

function wordsOf(code: string): string {
  if (code === 'ETIMEOUT' || code === 'ECANCELLED') return 'the name server does not answer'
  if (code === 'ECONNREFUSED') return 'no name server can be reached'
  return code === 'ENOTFOUND' || code === 'ENODATA' ? 'there is no such record' : code
}

type SrvAnswer = Answer<readonly { readonly name: string; readonly port: number }[]>

function judgeSrv(found: Findings, { name, port, target }: SrvRecord, answered: SrvAnswer): void {
  const wanted = `${target}:${port}`
  const cure = `add to the zone: ${name}. 3600 IN SRV 10 10 ${port} ${target}.`
  if ('error' in answered) return found.warning(`SRV ${name}`, answered.error, cure)
  const places = answered.answer.map((record) => `${record.name.toLowerCase()}:${record.port}`)
  if (places.includes(wanted.toLowerCase())) found.right(`SRV ${name}`, `leads to ${wanted}`)
  else found.warning(`SRV ${name}`, `leads to ${places.join(', ')}, not to ${wanted}`, cure)
}

type NaptrAnswer = Answer<readonly { readonly service: string; readonly replacement: string }[]>

function judgeNaptr(found: Findings, zone: Zone, answers: readonly NaptrAnswer[]): void {
  const names = [...new Set(zone.naptr.map(({ name }) => name))]
  for (const [index, name] of names.entries()) {
    const answered = answers[index] as NaptrAnswer
    const cure = 'add the NAPTR lines of the fragment; without them clients go by SRV alone'
    if ('error' in answered) {
      found.warning(`NAPTR ${name}`, answered.error, cure)
      continue
    }
    const present = answered.answer.map(({ service }) => service.toUpperCase())
    const missing = zone.naptr.filter((record) => record.name === name && !present.includes(record.service))
    if (missing.length === 0) found.right(`NAPTR ${name}`, `names ${present.join(', ')}`)
    else found.warning(`NAPTR ${name}`, `lacks ${missing.map(({ service }) => service).join(', ')}`, cure)
  }
}
