/**
 * What administrators can ask of a server, running or not. `createAdminBackend` does it over `AdminPorts`,
 * `AdminClient` asks a running server; the CLI does not know which of the two it holds.
 */
import type { DeviceSummary } from '../ports/admin.ts'
import type { ConfigBackend } from './acts/config-acts.ts'
import type { ContactsBackend } from './acts/contacts-acts.ts'
import type { DevicesBackend } from './acts/devices-acts.ts'
import type { MoveBackend } from './acts/move-acts.ts'
import type { PolicyBackend } from './acts/policy-acts.ts'
import type { PresenceBackend } from './acts/presence-acts.ts'
import type { BackupReport, BackupsBackend, StateBackend } from './acts/state-acts.ts'
import type { TokensBackend } from './acts/tokens-acts.ts'
import type { TraceBackend } from './acts/trace-acts.ts'
import type { TrafficBackend } from './acts/traffic-acts.ts'
import type { AdminResult } from './result.ts'

export interface NewUser {
  /** `alice`, `alice@example.test` or `sip:alice@example.test`. */
  readonly name: string
  readonly displayName: string
  readonly aliases: readonly string[]
  readonly groups: readonly string[]
  readonly password: string
  readonly disabled: boolean
}

export interface UserSummary {
  readonly aor: string
  readonly displayName: string
  readonly aliases: readonly string[]
  readonly groups: readonly string[]
  readonly disabled: boolean
  /** ISO 8601, UTC. */
  readonly createdAt: string
}

export interface UserDetails extends UserSummary {
  readonly epoch: number
  /** Empty where no server runs: devices are on line only there. */
  readonly devices: readonly DeviceSummary[]
  readonly mailboxMessages: number
}

export interface UserFilter {
  /** Part of the AOR, an alias or the display name, in any case; empty for all. */
  readonly search: string
  /** Null for both. */
  readonly disabled: boolean | null
  /** A group that they are in; empty for any. */
  readonly group: string
}

/** Which part of a list in the order of the AORs. */
export interface PageAsk {
  /** An AOR: those behind it; empty: from the beginning. */
  readonly after: string
  /** At most so many. */
  readonly limit: number
}

export interface UserPage {
  readonly users: readonly UserSummary[]
  /** `after` of the next page; null: this was the last. */
  readonly next: string | null
  /** All that match, on whatever page. */
  readonly total: number
}

export interface GroupChange {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

export interface ImportOutcome {
  /** As it was given; `aor` where the name was one. */
  readonly name: string
  readonly outcome: 'added' | 'exists' | 'refused'
  readonly message: string
}

export interface StoreStats {
  readonly folder: string
  readonly bytes: number
  readonly records: number
  readonly byKind: Readonly<Record<string, { readonly records: number; readonly bytes: number }>>
  readonly quarantined: number
}

export interface StoreCheck {
  readonly records: number
  readonly unreadable: number
  /** Keys and reasons of the first hundred. */
  readonly faults: readonly { readonly key: string; readonly reason: string }[]
  readonly quarantined: number
}

export interface ShownRecord {
  readonly kind: string
  /** The parts behind AOR and kind. */
  readonly key: readonly string[]
  readonly bytes: number
  /** Masked where the record holds secrets; null where it cannot be read, with the reason in `fault`. */
  readonly value: unknown
  readonly fault: string | null
}

export interface HealthReport {
  readonly ready: boolean
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[]
}

export interface AdminBackend {
  readonly policy: PolicyBackend
  readonly contacts: ContactsBackend
  readonly devices: DevicesBackend
  readonly presence: PresenceBackend
  readonly homes: MoveBackend
  readonly traffic: TrafficBackend
  readonly traces: TraceBackend
  readonly config: ConfigBackend
  readonly state: StateBackend
  readonly backups: BackupsBackend
  readonly tokens: TokensBackend
  addUser(user: NewUser): Promise<AdminResult<UserSummary>>
  listUsers(filter: UserFilter, page: PageAsk): Promise<AdminResult<UserPage>>
  showUser(name: string): Promise<AdminResult<UserDetails>>
  setDisplayName(name: string, displayName: string): Promise<AdminResult<UserSummary>>
  setPassword(name: string, password: string): Promise<AdminResult<UserSummary>>
  setDisabled(name: string, disabled: boolean): Promise<AdminResult<UserSummary>>
  /** Out of some groups, then into others; either may name what is so already. */
  changeGroups(name: string, change: GroupChange): Promise<AdminResult<UserSummary>>
  /** Devices that are signed in (RFC 3261 §10), whatever secret they have used. */
  registrations(name: string): Promise<AdminResult<readonly DeviceSummary[]>>
  /** One device, or all (null), whose connections end too. Whoever has the password can sign in again. */
  signOut(name: string, deviceKey: string | null): Promise<AdminResult<UserDetails>>
  removeUser(name: string): Promise<AdminResult<UserSummary>>
  /** Each row by itself: one that is refused does not stop the others. */
  importUsers(rows: readonly NewUser[]): Promise<AdminResult<readonly ImportOutcome[]>>
  /** Without passwords: a store holds none. */
  exportUsers(): Promise<AdminResult<readonly UserSummary[]>>
  /** Into a folder of the server's machine that does not exist yet, or is empty. */
  backup(folder: string): Promise<AdminResult<BackupReport>>
  storeStats(): Promise<AdminResult<StoreStats>>
  /** Reads every record. */
  storeCheck(): Promise<AdminResult<StoreCheck>>
  storeShow(name: string): Promise<AdminResult<readonly ShownRecord[]>>
  health(): Promise<AdminResult<HealthReport>>
  /** Prometheus' text format 0.0.4. */
  metricsText(): Promise<AdminResult<string>>
}
