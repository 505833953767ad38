/**
 * P8: the metrics of a running server have stable names, all of them documented; the alerts and the dashboard that ship
 * ask for none that does not exist. `UPDATE_DOCS=1` writes docs/reference/metrics.md and docs/incidents.md anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createAuthority, issueCertificate, writeCertificate } from '../../src/certificates/index.ts'
import { AdminClient } from '../../src/cli/admin-client.ts'
import { encodeHello } from '../../src/topology/links/hello.ts'
import { protocolMajor } from '../../src/topology/links/message-shapes.ts'
import { type Family, familiesOf } from '../support/scrape.ts'
import { serverFolder } from '../support/server-process.ts'

const { serve, folder } = serverFolder()
const root = join(import.meta.dirname, '../..')
const testMs = 120_000
const remake = 'UPDATE_DOCS=1 npx vitest run test/promises/p8-metrics.test.ts'
let families: readonly Family[]

/** A home whose topology names another server, which is not there: what is counted of links is counted of that. */
async function writeServer(): Promise<void> {
  const authority = await createAuthority({ commonName: 'Servers' })
  const own = await issueCertificate({ authority, names: ['home.example.test', '127.0.0.1', 'localhost'] })
  const at = (name: string) => join(folder, name)
  writeFileSync(at('ca.crt'), authority.certificatePem)
  writeCertificate({ certFile: at('own.crt'), keyFile: at('own.key') }, own)
  const topology = [
    'version: 1',
    'domains: [example.test]',
    'servers:',
    '  - { name: home.example.test, role: home, linkHost: 127.0.0.1, linkPort: 1 }',
    '  - { name: front.example.test, role: front-end, linkHost: 127.0.0.1, linkPort: 2 }',
  ]
  writeFileSync(at('topology.yaml'), `${topology.join('\n')}\n`)
  const config = [
    'server: { name: home.example.test, role: home }',
    'tls: { certificateFile: own.crt, privateKeyFile: own.key }',
    'topology: { file: topology.yaml, authorityFile: ca.crt }',
    '',
  ]
  writeFileSync(at('meridian.yaml'), config.join('\n'))
}

/** Somebody says that he is the other server and shows no certificate: refusals are counted from the first one on. */
async function beRefused(port: number): Promise<void> {
  const name = 'front.example.test'
  const protocol = { major: protocolMajor, minor: 0 }
  const said = { name, role: 'front-end', bootId: '00000000000000ff', workersCount: 1, topologyVersion: 1 } as const
  const hello = encodeHello({ ...said, timeMs: 0, protocol, intermediates: [] }, 'home.example.test', 'test')
  const where = { host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['meridian-link'] }
  const socket = connect(where, () => socket.write(hello))
  await new Promise((resolve) => socket.on('error', resolve).on('close', resolve).once('data', resolve))
  socket.destroy()
}

beforeAll(async () => {
  await writeServer()
  const { ports } = await serve()
  await beRefused(ports.get('tls') ?? 0)
  const scraped = await new AdminClient(join(folder, 'data/admin.sock')).metricsText()
  if (!scraped.ok) throw new Error(scraped.message)
  families = familiesOf(scraped.value)
}, testMs)

function held(path: string, made: string): void {
  if (process.env.UPDATE_DOCS) writeFileSync(join(root, path), made)
  const isFresh = readFileSync(join(root, path), 'utf8') === made
  expect(isFresh, `${path} is stale: ${remake}`).toBe(true)
}

function unitOf(name: string): string {
  const [, unit] = /_(seconds|bytes|milliseconds)(?:_total)?$/.exec(name) ?? []
  return unit ?? 'count'
}

function metricsPage(): string {
  const rows = families.map(({ name, type, help, labels }) => {
    const shown = labels.length === 0 ? '–' : labels.map((label) => `\`${label}\``).join(', ')
    return `| \`${name}\` | ${type} | ${unitOf(name)} | ${shown} | ${help.replaceAll('|', '\\|')} |`
  })
  return `# Metrics

<!-- Made from a scrape of a running server by \`${remake}\`. -->

\`/metrics\` on the web listener (see \`admin.metrics\`) and \`GET /v1/metrics\` on the admin socket, in Prometheus'
text format 0.0.4. Names, types and labels are stable: they change with a word in the changelog only.
Counters begin at 0 with the
process; those of the workers are added. Those of links and of the topology are there where the server is one of
several, a label \`peer\` being the other server's name. A server that has a directory has its metrics besides.

| metric | type | unit | labels | meaning |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly cause: string; readonly cure: string }
}

function rules(): readonly Rule[] {
  const text = readFileSync(join(root, 'deploy/prometheus/meridian.rules.yml'), 'utf8')
  return (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules)
}

function incidentsPage(): string {
  const rows = rules().map(({ alert, expr, annotations: { summary, cause, cure }, labels }) => {
    const cells = [`${summary} (\`${alert}\`, ${labels.severity})`, `\`${expr}\``, cause, cure]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return `# Incidents

<!-- Made from deploy/prometheus/meridian.rules.yml, by \`UPDATE_DOCS=1\` and the test of that page,
test/promises/p8-metrics.test.ts. -->

What people notice, the metric that shows it, why it is so, and what to do. Each row is an alert that ships;
\`page\` means
now, \`ticket\` means in office hours. \`meridian doctor\` is the first thing to run in any case.

| symptom (alert) | metric | cause | cure |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

/** Names of series that an expression asks for, as families. */
function askedOf(expression: string): string[] {
  return (expression.match(/meridian_[a-z_]+/g) ?? []).map((name) => name.replace(/_(bucket|sum|count)$/, ''))
}

function unknown(expression: string): string[] {
  const known = new Set(families.map(({ name }) => name))
  return askedOf(expression).filter((name) => !known.has(name))
}

describe('metrics', () => {
  it('are named as Prometheus asks: one prefix, counters end with _total, and each says what it means', () => {
    for (const { name, type, help } of families) {
      expect(name).toMatch(/^meridian_[a-z]+(?:_[a-z]+)*$/)
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
      expect(help.length, name).toBeGreaterThan(5)
    }
  })

  it('are all in the reference, as they are', () => held('docs/reference/metrics.md', metricsPage()))
})

describe('alerts', () => {
  it('ask for what there is, and say symptom, cause and cure', () => {
    for (const { alert, expr, annotations, labels } of rules()) {
      expect([alert, unknown(expr)]).toEqual([alert, []])
      expect(['page', 'ticket']).toContain(labels.severity)
      for (const text of [annotations.summary, annotations.cause, annotations.cure]) expect(text, alert).not.toBe('')
    }
    expect(unknown('rate(meridian_no_such_thing_total[5m])')).toEqual(['meridian_no_such_thing_total'])
  })

  it('are the guide to incidents', () => held('docs/incidents.md', incidentsPage()))
})

describe('the dashboard', () => {
  it('asks for what there is, by labels that there are, on a grid without holes', () => {
    const { panels } = JSON.parse(readFileSync(join(root, 'deploy/grafana/meridian.json'), 'utf8')) as {
      panels: { title: string; targets: { expr: string }[]; gridPos: { x: number; y: number; w: number } }[]
    }
    for (const { title, targets, gridPos } of panels) {
      for (const { expr } of targets) expect([title, unknown(expr)]).toEqual([title, []])
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
    }
    const labels = new Set(families.flatMap((family) => family.labels))
    const grouped = panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => /sum by \((\w+)\)/.exec(expr)?.[1] ?? []),
    )
    for (const label of grouped.filter((name) => name !== 'le')) expect([...labels]).toContain(label)
  })
})
