/**
 * What the admin backend stands on. The running server gives it with its shards and store thread behind it; without a
 * server `DirectAccounts` of `src/directory/` and the direct store do.
 */
import type {
  AdminReply,
  AdminRequest,
  DocumentReply,
  DocumentRequest,
  PolicyReply,
  PolicyRequest,
  PresenceReply,
  PresenceRequest,
} from '../ports/admin.ts'
import type { Account } from '../ports/directory.ts'
import type { MoveReply, MoveRequest } from '../ports/move-bus.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { AuditEntry } from '../store/index.ts'
import type { ConfigBook } from './acts/config-acts.ts'
import type { DeviceBook } from './acts/devices-acts.ts'
import type { BackupBook, BackupReport, StateBook } from './acts/state-acts.ts'
import type { TokenBook } from './acts/tokens-acts.ts'
import type { TraceBook } from './acts/trace-acts.ts'
import type { TrafficBook } from './acts/traffic-acts.ts'
import type { HealthReport, ShownRecord, StoreCheck, StoreStats } from './backend.ts'
import type { AdminResult } from './result.ts'

export interface AccountBook {
  /** One act on one account, durable when the promise resolves. */
  act(aor: Aor, request: AdminRequest): Promise<AdminReply>
  /** All accounts in the order of their AORs. */
  list(): Promise<readonly Account[]>
}

export interface PolicyBook {
  /** One act on a user's rules, or with `!server` on the organisation's; in force everywhere when it resolves. */
  askPolicy(aor: Aor, request: PolicyRequest): Promise<PolicyReply>
}

export interface DocumentBook {
  /** Reads a document of a user, or writes it: durable, and followed by whoever lives by it, when it resolves. */
  askDocument(aor: Aor, request: DocumentRequest): Promise<DocumentReply>
}

export interface MoveBook {
  /** Another home for a user: he is there when it resolves, or it says why not. */
  askMove(aor: Aor, request: MoveRequest): Promise<MoveReply>
}

export interface PresenceBook {
  /** What is shown of a user, or hard state of his: durable when it resolves. */
  askPresence(aor: Aor, request: PresenceRequest): Promise<PresenceReply>
}

export interface StoreCare {
  backup(folder: string): Promise<AdminResult<BackupReport>>
  stats(): Promise<AdminResult<StoreStats>>
  check(): Promise<AdminResult<StoreCheck>>
  show(aor: Aor): Promise<AdminResult<readonly ShownRecord[]>>
}

/** Durable when the promise resolves: a restore prints from it what was revoked since the copy. */
export interface Audit {
  append(entry: AuditEntry): Promise<void>
}

export interface AdminPorts {
  /** Of the manifest: every HA1 depends on it. */
  readonly realm: string
  /** The domain's name first, then its aliases; lower case. */
  readonly domains: readonly string[]
  readonly accounts: AccountBook
  readonly policy: PolicyBook
  readonly documents: DocumentBook
  readonly presence: PresenceBook
  readonly homes: MoveBook
  readonly traffic: TrafficBook
  readonly traces: TraceBook
  readonly devices: DeviceBook
  readonly config: ConfigBook
  readonly store: StoreCare
  readonly state: StateBook
  readonly backups: BackupBook
  readonly tokens: TokenBook
  readonly audit: Audit
  /** Milliseconds since 1970 of the system's clock. */
  readonly now: () => number
  health(): Promise<HealthReport>
  metricsText(): Promise<string>
}
