/**
 * The servers that belong together, where there are several.
 */
import { h, type JSX } from 'preact'
import type { Topology } from '../console-model/answers.ts'
import { useAnswer } from './ask-once.ts'
import type { ConsoleClient } from './console-client.ts'
import { Table } from './view-table.ts'

export function TopologyView({ client }: { readonly client: ConsoleClient }): JSX.Element {
  const { result } = useAnswer<Topology | null>(client, '/v1/topology')
  return h('div', null, h('h1', null, 'Topology'), result === null ? h('p', null, 'Loading…') : shown(result))
}

function shown(result: NonNullable<ReturnType<typeof useAnswer<Topology | null>>['result']>): JSX.Element {
  if (!result.ok) return h('p', { class: 'fault', role: 'alert' }, result.message)
  const topology = result.value
  if (topology === null) return h('p', { class: 'quiet' }, 'This server stands alone.')
  const rows = topology.servers.map(({ name, role, linkHost, linkPort }) => [
    name === topology.own ? `${name} (this one)` : name,
    role,
    `${linkHost} ${linkPort}`,
  ])
  return h(
    'div',
    null,
    h('p', { class: 'quiet' }, `Version ${topology.version}, domains ${topology.domains.join(', ')}`),
    h(Table, { caption: 'Servers', head: ['Server', 'Role', 'Links'], rows }),
  )
}
