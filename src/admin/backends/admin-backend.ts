/**
 * The admin backend over its ports: checks what administrators gave, turns passwords into digests (RFC 7616 §3.4.2),
 * and puts answers into words. What an act changes is decided by the owner of the account.
 */
import type { AdminReply, AdminRequest } from '../../ports/admin.ts'
import type { Account } from '../../ports/directory.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { AuditEntry } from '../../store/index.ts'
import type { BackupReport } from '../acts/state-acts.ts'
import type {
  AdminBackend,
  GroupChange,
  ImportOutcome,
  NewUser,
  PageAsk,
  UserDetails,
  UserFilter,
  UserPage,
  UserSummary,
} from '../backend.ts'
import type { AdminPorts } from '../ports.ts'
import type { AdminResult } from '../result.ts'
import { denied, granted } from '../result.ts'
import { passwordFault, passwordWarnings, readDisplayName, readUserName } from '../user-name.ts'
import { createConfigBackend } from './config-backend.ts'
import { createContactsBackend } from './contacts-backend.ts'
import { createDevicesBackend } from './devices-backend.ts'
import { digestSecrets } from './digest-secrets.ts'
import { readGroups } from './group-name.ts'
import { createMoveBackend } from './move-backend.ts'
import { createPolicyBackend, unconfirmedWarnings } from './policy-backend.ts'
import { createPresenceBackend } from './presence-backend.ts'
import { createBackupsBackend, createStateBackend } from './state-backend.ts'
import { createTokensBackend } from './tokens-backend.ts'
import { createTraceBackend } from './trace-backend.ts'
import { createTrafficBackend } from './traffic-backend.ts'
import { writeDown } from './write-down.ts'

export function createAdminBackend(ports: AdminPorts): AdminBackend {
  const { accounts, store } = ports
  const act = (name: string, request: AdminRequest) => actOn(ports, name, request)
  return {
    policy: createPolicyBackend(ports),
    contacts: createContactsBackend(ports),
    devices: createDevicesBackend(ports, act),
    presence: createPresenceBackend(ports),
    homes: createMoveBackend(ports),
    traffic: createTrafficBackend(ports),
    traces: createTraceBackend(ports),
    config: createConfigBackend(ports),
    state: createStateBackend(ports),
    backups: createBackupsBackend(ports, (folder) => auditedBackup(ports, folder)),
    tokens: createTokensBackend(ports),
    addUser: (user) => addUser(ports, user),
    listUsers: async (filter, page) => granted(pageOf(await accounts.list(), filter, page)),
    showUser: async (name) => mapped(await act(name, { act: 'show' }), details),
    setDisplayName: async (name, text) =>
      mapped(await act(name, { act: 'set-display-name', displayName: readDisplayName(text) }), summaryOf),
    setPassword: (name, password) => setPassword(ports, name, password),
    setDisabled: async (name, disabled) => mapped(await act(name, { act: 'set-disabled', disabled }), summaryOf),
    changeGroups: (name, change) => changeGroups(ports, name, change),
    registrations: async (name) => mapped(await act(name, { act: 'show' }), ({ devices }) => devices),
    signOut: async (name, deviceKey) => mapped(await act(name, { act: 'sign-out', deviceKey }), details),
    removeUser: async (name) => mapped(await act(name, { act: 'remove' }), summaryOf),
    importUsers: (rows) => importUsers(ports, rows),
    exportUsers: async () => granted((await accounts.list()).map(summary)),
    backup: (folder) => auditedBackup(ports, folder),
    storeStats: () => store.stats(),
    storeCheck: () => store.check(),
    storeShow: async (name) => {
      const named = readUserName(name, ports.domains)
      return named.ok ? store.show(named.aor) : denied('invalid', named.message)
    },
    health: async () => granted(await ports.health()),
    metricsText: async () => granted(await ports.metricsText()),
  }
}

type Acted = AdminReply & { readonly ok: true }

async function actOn(ports: AdminPorts, name: string, request: AdminRequest): Promise<AdminResult<Acted>> {
  const named = readUserName(name, ports.domains)
  if (!named.ok) return denied('invalid', named.message)
  const reply = await ports.accounts.act(named.aor, request)
  if (!reply.ok) return denied(reply.error, reply.message)
  const entry = auditEntry(request, reply.account?.aor ?? named.aor)
  return granted(reply, entry === null ? [] : await writeDown(ports, entry))
}

/** Whether there is a backup, and how old it is, is asked later (`meridian doctor`): the folder may lie anywhere. */
async function auditedBackup({ store, audit, now }: AdminPorts, folder: string): Promise<AdminResult<BackupReport>> {
  const result = await store.backup(folder)
  if (result.ok) await audit.append({ atMs: now(), event: 'store.backup', subject: folder, revokes: false })
  return result
}

function auditEntry(request: AdminRequest, aor: Aor): Omit<AuditEntry, 'atMs'> | null {
  switch (request.act) {
    case 'show':
      return null
    case 'add':
      return { event: 'user.added', subject: aor, revokes: false }
    case 'set-display-name':
      return { event: 'user.display-name-changed', subject: aor, revokes: false }
    case 'sign-out':
      return { event: 'user.signed-out', subject: aor, revokes: true, detail: request.deviceKey ?? 'all devices' }
    case 'set-password':
      return { event: 'user.password-changed', subject: aor, revokes: true }
    case 'set-disabled':
      return {
        event: request.disabled ? 'user.disabled' : 'user.enabled',
        subject: aor,
        revokes: request.disabled,
      }
    case 'change-groups': {
      const { add, remove } = request
      const detail = [...add.map((group) => `+${group}`), ...remove.map((group) => `-${group}`)].join(' ')
      // Whichever way: with rules between groups either may take something away.
      return { event: 'user.groups-changed', subject: aor, revokes: true, detail }
    }
    case 'remove':
      return { event: 'user.removed', subject: aor, revokes: true }
    case 'remove-device':
      return { event: 'device.revoked', subject: aor, revokes: true, detail: request.device }
    case 'put-device':
    case 'prove':
    case 'put-directory':
      // Acts of the server's own, which writes them down itself.
      return null
  }
}

async function addUser(ports: AdminPorts, user: NewUser): Promise<AdminResult<UserSummary>> {
  const named = readUserName(user.name, ports.domains)
  if (!named.ok) return denied('invalid', named.message)
  const aliases = readAliases(user.aliases, ports.domains, named.aor)
  if (!aliases.ok) return denied('invalid', aliases.message)
  const groups = readGroups(user.groups)
  if (!groups.ok) return denied('invalid', groups.message)
  const fault = passwordFault(user.password)
  if (fault) return denied('invalid', fault)
  const request: AdminRequest = {
    act: 'add',
    displayName: readDisplayName(user.displayName),
    aliases: aliases.aors,
    groups: groups.groups,
    secrets: digestSecrets(named.aor, ports.realm, user.password),
    disabled: user.disabled,
  }
  return mapped(await actOn(ports, named.aor, request), summaryOf, passwordWarnings(user.password))
}

async function setPassword(ports: AdminPorts, name: string, password: string): Promise<AdminResult<UserSummary>> {
  const fault = passwordFault(password)
  if (fault) return denied('invalid', fault)
  const found = await actOn(ports, name, { act: 'show' })
  if (!found.ok) return found
  // By the account's own AOR: the name given may be an alias, and the digest is made over the account's user name.
  const aor = found.value.account!.aor
  const secrets = digestSecrets(aor, ports.realm, password)
  return mapped(await actOn(ports, aor, { act: 'set-password', secrets }), summaryOf, passwordWarnings(password))
}

async function changeGroups(ports: AdminPorts, name: string, change: GroupChange): Promise<AdminResult<UserSummary>> {
  const add = readGroups(change.add)
  const remove = readGroups(change.remove)
  if (!add.ok) return denied('invalid', add.message)
  if (!remove.ok) return denied('invalid', remove.message)
  const result = await actOn(ports, name, { act: 'change-groups', add: add.groups, remove: remove.groups })
  return mapped(result, summaryOf, result.ok ? unconfirmedWarnings(result.value.unconfirmed) : [])
}

/** Rows of an import under way at once: enough to share a flush, few enough to leave the server to its users. */
const importTogetherMax = 64

async function importUsers(
  ports: AdminPorts,
  rows: readonly NewUser[],
): Promise<AdminResult<readonly ImportOutcome[]>> {
  const outcomes: ImportOutcome[] = []
  const warnings: string[] = []
  for (const group of independentGroups(rows)) {
    for (const imported of await Promise.all(group.map((row) => importUser(ports, row)))) {
      outcomes.push(imported.outcome)
      warnings.push(...imported.warnings)
    }
  }
  return granted(outcomes, warnings)
}

/** Rows that are made side by side, so that they share a flush: none of a group names what another one takes. */
function* independentGroups(rows: readonly NewUser[]): Iterable<readonly NewUser[]> {
  let group: NewUser[] = []
  let names = new Set<string>()
  for (const row of rows) {
    const isFree = row.aliases.length === 0 && !names.has(row.name.toLowerCase())
    if (group.length > 0 && (!isFree || group.length >= importTogetherMax)) {
      yield group
      group = []
      names = new Set()
    }
    group.push(row)
    names.add(row.name.toLowerCase())
    // An alias may be the name of any row behind this one.
    if (row.aliases.length > 0) {
      yield group
      group = []
      names = new Set()
    }
  }
  if (group.length > 0) yield group
}

async function importUser(
  ports: AdminPorts,
  row: NewUser,
): Promise<{ readonly outcome: ImportOutcome; readonly warnings: readonly string[] }> {
  const known = await isUser(ports, row.name)
  if (known !== null) {
    return { outcome: { name: row.name, outcome: 'exists', message: `${known} is a user already` }, warnings: [] }
  }
  const result = await addUser(ports, row)
  const warnings = result.ok ? result.warnings.map((warning) => `${row.name}: ${warning}`) : []
  return { outcome: outcomeOf(row, result), warnings }
}

/**
 * The AOR of an account of this very name; null also where only asking fails, since making it then fails too. Looked at
 * before the row's aliases and password: a user who is there is left as he is, whatever else the row says.
 */
async function isUser(ports: AdminPorts, name: string): Promise<Aor | null> {
  const named = readUserName(name, ports.domains)
  if (!named.ok) return null
  const reply = await ports.accounts.act(named.aor, { act: 'show' })
  return reply.ok && reply.account?.aor === named.aor ? named.aor : null
}

/** A name or an alias that somebody else has: nobody was made, and nobody of this name was there. */
function outcomeOf(row: NewUser, result: AdminResult<UserSummary>): ImportOutcome {
  if (result.ok) return { name: result.value.aor, outcome: 'added', message: '' }
  return { name: row.name, outcome: 'refused', message: result.message }
}

type AliasCheck =
  | { readonly ok: true; readonly aors: readonly Aor[] }
  | { readonly ok: false; readonly message: string }

function readAliases(texts: readonly string[], domains: readonly string[], own: Aor): AliasCheck {
  const aors = new Set<Aor>()
  for (const text of texts) {
    const named = readUserName(text, domains)
    if (!named.ok) return named
    if (named.aor === own || aors.has(named.aor)) return { ok: false, message: `the alias ${named.aor} is given twice` }
    aors.add(named.aor)
  }
  return { ok: true, aors: [...aors] }
}

function mapped<A, B>(result: AdminResult<A>, map: (value: A) => B, warnings: readonly string[] = []): AdminResult<B> {
  return result.ok ? granted(map(result.value), [...result.warnings, ...warnings]) : result
}

function summaryOf(reply: Acted): UserSummary {
  return summary(reply.account!)
}

function details(reply: Acted): UserDetails {
  const { devices, mailboxMessages } = reply
  return { ...summaryOf(reply), epoch: reply.account!.epoch, devices, mailboxMessages }
}

export function summary(account: Account): UserSummary {
  const { aor, displayName, aliases, groups, disabled, createdMs } = account
  return { aor, displayName, aliases, groups, disabled, createdAt: new Date(createdMs).toISOString() }
}

function pageOf(accounts: readonly Account[], filter: UserFilter, { after, limit }: PageAsk): UserPage {
  const found = accounts.filter((account) => matches(account, filter))
  const all = found.toSorted((left, right) => (left.aor < right.aor ? -1 : 1))
  const first = after === '' ? 0 : all.findIndex(({ aor }) => aor > after)
  const users = first < 0 ? [] : all.slice(first, first + limit).map(summary)
  const isLast = first < 0 || first + limit >= all.length
  return { users, next: isLast ? null : users.at(-1)!.aor, total: all.length }
}

function matches(account: Account, filter: UserFilter): boolean {
  if (filter.disabled !== null && account.disabled !== filter.disabled) return false
  if (filter.group !== '' && !account.groups.includes(filter.group.toLowerCase())) return false
  const wanted = filter.search.toLowerCase()
  return [account.aor, account.displayName, ...account.aliases].some((text) => text.toLowerCase().includes(wanted))
}
