/**
 * What is different between two topologies: the servers, domains and denied certificates that came, went or changed.
 * Pure; who must do what because of it (open links, close them, tell clients) is decided by those who are told.
 */
import type { Topology, TopologyServer } from '../ports/topology.ts'

export interface ChangedServer {
  readonly before: TopologyServer
  readonly after: TopologyServer
}

export interface TopologyDifference {
  readonly versionBefore: number
  readonly versionAfter: number
  readonly serversAdded: readonly TopologyServer[]
  readonly serversRemoved: readonly TopologyServer[]
  /** The same name with another role, link address or client URI. */
  readonly serversChanged: readonly ChangedServer[]
  readonly domainsAdded: readonly string[]
  readonly domainsRemoved: readonly string[]
  readonly deniedAdded: readonly string[]
  /** Believed again. */
  readonly deniedRemoved: readonly string[]
}

export function topologyDifference(before: Topology, after: Topology): TopologyDifference {
  const known = new Map(before.servers.map((server) => [server.name, server]))
  const kept = new Set(after.servers.map(({ name }) => name))
  const serversChanged: ChangedServer[] = []
  for (const server of after.servers) {
    const old = known.get(server.name)
    if (old && changedKeys(old, server).length > 0) serversChanged.push({ before: old, after: server })
  }
  return {
    versionBefore: before.version,
    versionAfter: after.version,
    serversAdded: after.servers.filter(({ name }) => !known.has(name)),
    serversRemoved: before.servers.filter(({ name }) => !kept.has(name)),
    serversChanged,
    domainsAdded: withoutThese(after.domains, before.domains),
    domainsRemoved: withoutThese(before.domains, after.domains),
    deniedAdded: withoutThese(after.deniedFingerprints, before.deniedFingerprints),
    deniedRemoved: withoutThese(before.deniedFingerprints, after.deniedFingerprints),
  }
}

/** Nothing but, perhaps, the version: order and spelling mean nothing. */
export function isSameTopology(difference: TopologyDifference): boolean {
  const { versionBefore: _before, versionAfter: _after, ...lists } = difference
  return Object.values(lists).every((list) => list.length === 0)
}

/** One line for each, as people read differences: `+ server front2.example.test, front-end, …`. */
export function differenceLines(difference: TopologyDifference): readonly string[] {
  const lines: string[] = []
  const both = (what: string, removed: readonly string[], added: readonly string[]) => {
    for (const text of removed) lines.push(`- ${what} ${text}`)
    for (const text of added) lines.push(`+ ${what} ${text}`)
  }
  both('domain', difference.domainsRemoved, difference.domainsAdded)
  both('server', difference.serversRemoved.map(serverText), difference.serversAdded.map(serverText))
  for (const { before, after } of difference.serversChanged) {
    const changes = changedKeys(before, after).map(
      (key) => `${key} ${valueText(before[key])} → ${valueText(after[key])}`,
    )
    lines.push(`~ server ${after.name}: ${changes.join(', ')}`)
  }
  both('denied certificate', difference.deniedRemoved, difference.deniedAdded)
  return lines
}

const changeable = ['role', 'linkHost', 'linkPort', 'clientUri'] as const

function changedKeys(before: TopologyServer, after: TopologyServer): readonly (typeof changeable)[number][] {
  return changeable.filter((key) => before[key] !== after[key])
}

function serverText({ name, role, linkHost, linkPort, clientUri }: TopologyServer): string {
  return `${name}, ${role}, links at ${linkHost} port ${linkPort}, clients ${valueText(clientUri)}`
}

function valueText(value: string | number | null): string {
  return value === null ? 'nowhere' : String(value)
}

function withoutThese(list: readonly string[], these: readonly string[]): readonly string[] {
  const known = new Set(these)
  return list.filter((text) => !known.has(text))
}
