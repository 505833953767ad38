/**
 * Active Directory as the configuration names it, for commands: connections of their own, and no metrics.
 */
import type { Config } from '../../config/index.ts'
import { attributeMapping, configuredLdap, type DirectorySettings } from '../../directory/index.ts'
import type { LdapServer, LdapWriter } from '../../ports/ldap.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { RealClock } from '../../runtime/index.ts'
import { type Aor, parseAor } from '../../sip/uri/aor.ts'
import type { Invocation, Outcome } from '../command.ts'
import { failed } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'

export interface OpenedDirectory {
  readonly config: Config
  readonly settings: DirectorySettings
  readonly ports: {
    readonly clock: RealClock
    readonly log: Log
    readonly metrics: Metrics
    readonly open: (server: LdapServer) => Promise<LdapWriter>
  }
}

export type Opened =
  | { readonly ok: true; readonly directory: OpenedDirectory }
  | { readonly ok: false; readonly outcome: Outcome }

const quietLog: Log = { write: () => {} }
const nothing = { inc: () => {}, set: () => {}, observe: () => {} }
const noMetrics: Metrics = { counter: () => nothing, gauge: () => nothing, histogram: () => nothing }

/** Nothing is asked yet. */
export async function openDirectory(invocation: Invocation): Promise<Opened> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded
  const { directory } = loaded.config
  if (directory.kind === 'local') {
    const message = 'directory.kind is local: accounts are this server’s own; docs/active-directory.md shows the way'
    return { ok: false, outcome: failed(message) }
  }
  const ldap = await configuredLdap(directory)
  if (!ldap.ok) return { ok: false, outcome: failed(ldap.message) }
  const ports = { clock: new RealClock(), log: quietLog, metrics: noMetrics, open: ldap.open }
  return { ok: true, directory: { config: loaded.config, settings: directory, ports } }
}

/**
 * Null where the known attributes are there. Else what a command would change stands in attributes that others keep,
 * by means of their own.
 */
export function mappedRefusal({ settings }: OpenedDirectory): string | null {
  const mapping = attributeMapping(settings)
  if (mapping === null) return null
  const names = [mapping.address, mapping.enabled, mapping.home].filter((name) => name !== '').join(', ')
  return `users are known by ${names} here (directory.addressAttribute): change these as you always do`
}

/** Whom an argument means: `alice` in the domain of the configuration, or a whole address; null where it is none. */
export function directoryAor({ config }: OpenedDirectory, text: string): Aor | null {
  const name = text.replace(/^sips?:/i, '')
  return parseAor(`sip:${name.includes('@') ? name : `${name}@${config.domain.name}`}`)
}
