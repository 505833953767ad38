/**
 * `meridian doctor`: examines an installation, whether its server runs or not, and says what is wrong and what to do.
 */
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { type Config, dataPaths, formatConfigError, loadConfig, ownDomains } from '../config/index.ts'
import type { Finding } from '../doctor/index.ts'
import type { Topology, TopologyServer } from '../ports/topology.ts'
import type { AdminClient } from './admin-client.ts'
import { connectAdmin } from './admin-client.ts'
import type { CommandDescription, Invocation, Outcome } from './command.ts'
import { exitCodes } from './command.ts'
import { configFile } from './configuration.ts'
import { examineStore } from './store/check.ts'
import { printable } from './table.ts'

/** A server that hangs still takes connections; that it does not answer is what there is to say. */
const answerDeadlineMs = 10_000
/** Every record of a large store is read. */
const storeDeadlineMs = 120_000

export const description: CommandDescription = {
  path: ['doctor'],
  purpose: 'examine this installation, and say what is wrong and what to do',
  details: [
    'Looks at the configuration, certificates, ports, the store and its backups, limits of the machine, the clock,',
    'DNS, the topology, the other servers and the links to them, and the directory, beside a running server or without',
    'one, and changes nothing. Run it as the server’s user.',
    'Prints the lines that the zone of the domain should have.',
  ].join(' '),
  options: [
    { flags: '--all', text: 'also say what is right' },
    { flags: '--name-server <addresses...>', text: 'ask these name servers instead of the machine’s own' },
  ],
  examples: [
    { line: 'meridian doctor', text: 'what is to be done, and for what reason' },
    { line: 'meridian doctor --json | jq .result.findings', text: 'every finding, for a program' },
  ],
  exitCodes: { 1: 'something is wrong', 2: 'nothing is wrong, something should be looked at' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const file = configFile(invocation)
  const { env, cwd } = invocation.io
  const loaded = loadConfig({ file, env, cwd })
  if (!loaded.ok) {
    const findings = loaded.errors.map((error): Finding => {
      const cure = 'mend it; `meridian config check` looks again'
      return { check: 'configuration', level: 'fault', setting: error.key, reason: formatConfigError(error), cure }
    })
    return outcomeOf(findings, '', invocation.options.all === true)
  }
  const { config, origins } = loaded
  const doctor = await import('../doctor/index.ts')
  const client = await connectAdmin(dataPaths(config).adminSocket, answerDeadlineMs)
  const serverPid = client === null ? null : await ownerPid(config)
  const topology = doctor.checkTopologyFile(config)
  const domains = topology.topology?.domains ?? ownDomains(config.domain)
  const zone = doctor.wantedZone(config, domains, (config.server.name ?? hostname()).toLowerCase())
  const nowMs = Date.now()
  const servers = invocation.options.nameServer as readonly string[] | undefined
  const server = await serverFindings(client)
  // A server that does not answer has the store, and is not waited for twice.
  const silence = server.find(({ setting, level }) => setting === 'admin.socket' && level === 'fault')?.reason
  const findings = [
    ...doctor.checkConfiguration({ config, origins, file: file === null ? null : resolve(cwd, file) }),
    ...server,
    ...doctor.checkCertificates({ config, domains, nowMs }),
    ...(await doctor.checkPorts({ config, serverPid })),
    ...(await doctor.checkStore({ config, nowMs, examine: async () => silence ?? examine(config) })),
    ...doctor.checkLimits({ config, serverPid }),
    ...(await doctor.checkClock({
      nowMs,
      lastWrittenMs: await lastWrittenMs(config, client !== null),
      isSynchronised: doctor.systemdSynchronised,
    })),
    ...(await doctor.checkNames({ zone, ...(servers === undefined ? {} : { servers }) })),
    ...topology.findings,
    ...doctor.checkLinks(await linksQuestion(config, topology.topology, silence === undefined ? client : null)),
    ...doctor.checkDirectoryServers({ examined: await examinedControllers(invocation, config) }),
  ]
  return outcomeOf(findings, doctor.zoneFragment(zone), invocation.options.all === true)
}

/** The others as they are found from here, and what a running server says of its links. */
async function linksQuestion(config: Config, topology: Topology | null, client: AdminClient | null) {
  if (topology === null) return { examined: null, links: null }
  const { examineServers } = await import('./topology/examine-servers.ts')
  const own = config.server.name?.toLowerCase()
  const others = topology.servers.some(({ name }) => name === own)
  const isAsked = ({ name, role }: TopologyServer) =>
    others && name !== own && !(role === 'front-end' && config.server.role === 'front-end')
  const examination = await examineServers(config, topology, isAsked)
  const asked = await client?.state.links()
  const links = asked?.ok ? asked.value : null
  return { examined: examination.ok ? examination.examined : examination.message, links }
}

/** Those of our own site first, as a server asks them. */
async function examinedControllers(invocation: Invocation, config: Config) {
  if (config.directory.kind === 'local') return null
  const { openDirectory } = await import('./directory/open-directory.ts')
  const { attributeMapping, checkController, catalogOrder, serviceAccount } = await import('../directory/index.ts')
  const opened = await openDirectory(invocation)
  if (!opened.ok) {
    const words = opened.outcome.error ?? 'it cannot be asked'
    return [{ catalog: 'directory', site: '', roundTripMs: null, faults: [words], warnings: [] }]
  }
  const { settings, ports } = opened.directory
  const account = serviceAccount(settings)
  const asking = { ...ports, mapping: attributeMapping(settings) }
  return Promise.all(catalogOrder(settings).map((server) => checkController(asking, server, account)))
}

async function examine(config: Config) {
  const result = await examineStore(config, storeDeadlineMs)
  return result.ok ? result.value : result.message
}

/** What a running server says of itself. */
async function serverFindings(client: AdminClient | null): Promise<readonly Finding[]> {
  const finding = (level: Finding['level'], reason: string, cure = ''): Finding => {
    return { check: 'server', level, setting: 'server', reason, cure }
  }
  if (client === null) return [finding('right', 'does not run; what it would find is examined')]
  const health = await client.health()
  if (!health.ok) return [{ ...finding('fault', health.message, 'see its log'), setting: 'admin.socket' }]
  const bad = health.value.checks.filter(({ ok }) => !ok)
  if (bad.length === 0) return [finding('right', 'runs, and is ready')]
  return bad.map(({ name, detail }) => finding('fault', `${name}: ${detail}`, 'see its log'))
}

async function ownerPid(config: Config): Promise<number | null> {
  const { readOwner } = await import('../store/index.ts')
  return readOwner(join(dataPaths(config).folder, 'owner.json'))?.pid ?? null
}

/** A running server has looked at its start, and follows its own clock since. */
async function lastWrittenMs(config: Config, isRunning: boolean): Promise<number> {
  if (isRunning) return 0
  const { LmdbDisk, readLastWrittenMs } = await import('../store/index.ts')
  const opened = LmdbDisk.open(dataPaths(config).store, { readOnly: true })
  if (!opened.ok) return 0
  try {
    return readLastWrittenMs(opened.disk)
  } finally {
    await opened.disk.close()
  }
}

function outcomeOf(findings: readonly Finding[], zone: string, isAll: boolean): Outcome {
  const faults = findings.filter(({ level }) => level === 'fault')
  const warnings = findings.filter(({ level }) => level === 'warning')
  const shown = isAll ? findings : [...faults, ...warnings]
  const count = `${findings.length} things looked at: ${faults.length} wrong, ${warnings.length} to look at`
  const fragment =
    zone === '' ? [] : ['', 'the zone of the domain should have', ...zone.split('\n').map((line) => `  ${line}`)]
  const text = [...shown.flatMap(linesOf), count, ...fragment].join('\n')
  const exitCode = faults.length > 0 ? exitCodes.failed : warnings.length > 0 ? exitCodes.warnings : exitCodes.ok
  return { exitCode, value: { findings, zone }, text, warnings: [], error: null }
}

const marks = { right: 'right  ', warning: 'look at', fault: 'wrong  ' } as const

function linesOf({ check, level, setting, reason, cure }: Finding): string[] {
  const line = `${marks[level]}  ${check}: ${printable(`${setting}: ${reason}`)}`
  return cure === '' ? [line] : [line, `           ${printable(cure)}`]
}
