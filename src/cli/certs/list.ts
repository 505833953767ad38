/**
 * `meridian certs list`: what an authority of ours has issued, and what became of it.
 */
import type { IssuedCertificate, Register } from '../../certificates/index.ts'
import { dataPaths } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings, failed } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { table } from '../table.ts'
import { readConfiguredTopology } from '../topology/read-topology.ts'
import { authorityFiles, authorityOption, isoDay, loadCertificates } from './data-folder.ts'
import { renewBeforeDays } from './show.ts'

export const description: CommandDescription = {
  path: ['certs', 'list'],
  purpose: 'list the certificates that our authority has issued',
  details: [
    'From the register beside the authority’s key: what was issued before there was one is not in it.',
    'denied: on the deny list of the topology; revoked: on the authority’s revocation list.',
  ].join(' '),
  options: [authorityOption, { flags: '--all', text: 'those that have ended too' }],
  examples: [
    { line: 'meridian certs list', text: 'what is good now, and until when' },
    { line: 'meridian certs list --authority root --all', text: 'the authorities of sites that a root has made' },
  ],
  exitCodes: { 1: 'the register cannot be read', 2: `one that is in use ends within ${renewBeforeDays} days` },
}

const dayMs = 86_400_000

export async function run(invocation: Invocation): Promise<Outcome> {
  const { readRegister } = await loadCertificates()
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const denied = deniedOf(invocation, loaded.config)
  if (!denied.ok) return denied.outcome
  try {
    const register = readRegister(authorityFiles(invocation, dataPaths(loaded.config)))
    const nowMs = Date.now()
    const rows = register.issued
      .filter(({ notAfterMs }) => invocation.options.all === true || notAfterMs >= nowMs)
      .map((issued) => ({ ...issued, state: stateOf(issued, register, denied.fingerprints, nowMs) }))
    const warnings = rows.flatMap((row) => endWarning(row, rows, nowMs))
    const cells = rows.map((row) => [row.serialNumber, row.names[0] ?? row.subject, isoDay(row.notAfterMs), row.state])
    const text = rows.length === 0 ? 'none' : table(['serial', 'name', 'until', 'state'], cells)
    return doneWithWarnings(rows, text, warnings)
  } catch (error) {
    return failed((error as Error).message)
  }
}

function deniedOf(invocation: Invocation, config: Parameters<typeof readConfiguredTopology>[0]) {
  if (config.topology.file === null) return { ok: true, fingerprints: [] as readonly string[] } as const
  const topology = readConfiguredTopology(config, invocation.io)
  if (!topology.ok) return topology
  return { ok: true, fingerprints: topology.read.topology.deniedFingerprints } as const
}

function stateOf(issued: IssuedCertificate, register: Register, denied: readonly string[], nowMs: number): string {
  const revocation = register.revoked.find(({ serialNumber }) => serialNumber === issued.serialNumber)
  if (revocation) return `revoked ${isoDay(revocation.revokedAtMs)}, ${revocation.reason}`
  if (denied.includes(issued.fingerprint)) return 'denied'
  return issued.notAfterMs < nowMs ? 'ended' : 'good'
}

type Row = IssuedCertificate & { readonly state: string }

/** Not of one that has a successor already. */
function endWarning(row: Row, rows: readonly Row[], nowMs: number): readonly string[] {
  const days = Math.floor((row.notAfterMs - nowMs) / dayMs)
  if (row.state !== 'good' || days >= renewBeforeDays) return []
  const isReplaced = rows.some(
    (other) => other.state === 'good' && other.notAfterMs > row.notAfterMs && isSame(other.names, row.names),
  )
  return isReplaced ? [] : [`${row.names[0] ?? row.subject} ends in ${days} days`]
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  return names.length === others.length && names.every((name) => others.includes(name))
}
