/**
 * What a service of a shard is: methods it answers, bus kinds it takes, record kinds it owns. `src/services.ts` lists
 * them all.
 */

import type { Cause } from '../guard/index.ts'
import type { AnswerMessage, BusKind, BusMessage, FlowIdentity, ReplyAddress, RequestMessage } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Account, DigestSecrets } from '../ports/directory.ts'
import type { Entropy } from '../ports/entropy.ts'
import type { FlowId } from '../ports/flows.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Elsewhere } from '../ports/places.ts'
import type { Pressure } from '../ports/pressure.ts'
import type { Seals } from '../ports/seals.ts'
import type { ScanRange, StoreKey } from '../ports/store.ts'
import type { Timers } from '../ports/timers.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { Unit } from './unit.ts'

/** A request whose sender is known: what a service's handler gets. */
export interface AuthenticatedRequest {
  readonly message: RequestMessage
  readonly account: Account
  readonly identity: FlowIdentity
  readonly operationId: string
  /**
   * Set when the credentials were right but used before or too old: only a known operation gets its answer, others
   * this.
   */
  readonly unlessKnown: AnswerMessage | null
}

/** What a service may use of its shard. */
export interface ShardHost {
  readonly worker: number
  readonly incarnation: number
  readonly workersCount: number
  readonly clock: Clock
  readonly timers: Timers
  readonly entropy: Entropy
  readonly seals: Seals
  readonly pressure: Pressure
  readonly log: Log
  readonly metrics: Metrics
  readonly domains: readonly string[]
  /** What clients prove themselves for (RFC 7616 §3.3). */
  readonly realm: string
  /**
   * Runs one unit of work and carries out its effects; an exception inside drops them all, and false is returned.
   * `request`: what makes us do it, if a message does; it is hashed when the unit fails, so the hash may be empty.
   */
  run(cause: Cause, work: (unit: Unit) => void, request?: SipMessage | null): boolean
  /** The worker whose shard owns this AOR, or knows whose it is. */
  shardOf(aor: Aor): number
  /** The place of the edge that owns this flow (`places.ts`). */
  placeOf(flow: FlowId): number
  /** Other homes; null where there are none. */
  readonly elsewhere: Elsewhere | null
  /** The places of all shards of all homes that can be reached, this one included. */
  everyShard(): Iterable<number>
  /** Something about this user has changed that is not flushed yet: what is said of it has to wait. */
  awaitsStore(aor: Aor): boolean
  /** Sends a fact to every edge of the topology, this one included. */
  toEveryEdge(unit: Unit, message: BusMessage): void
  /** A user on his way to or from another home (`src/moving/`). */
  readonly travellers: Travellers
}

/** What a shard does with users who get another home. Called outside of units. */
export interface Travellers {
  /** What comes for this user waits from now on. */
  hold(aor: Aor): void
  /** It is handled now. */
  letGo(aor: Aor): void
  /** His records are being read again: their last batch has failed. */
  isReading(aor: Aor): boolean
  /** Visits what is flushed in this range when all that was handed over has ended. */
  read(range: ScanRange, visit: (key: StoreKey, value: Uint8Array) => void): Promise<void>
  /** Hands over what is written; for what is done outside of a message or timer. */
  handOver(): void
  /** Has anything of this held user been handed to the store since the last call? */
  takeWritten(aor: Aor): boolean
  /** He is a user of this shard as his records say: forgotten, read, and held until that is done. */
  readAgain(aor: Aor): void
  /** Nothing of him is in memory any more, and nobody is told anything. */
  drop(aor: Aor): void
  /** Something is on its way to or from him that no record holds. */
  isBusy(aor: Aor): boolean
  /** See `Service.onArriving`. */
  arriving(aor: Aor): void
}

/** Whose home is another one, as this server's records say. */
export interface Homes {
  /** Null: this one, or nothing is known. By any of his names. */
  movedTo(aor: Aor): string | null
  /** By which this home has him (`ports/records/home.ts`). */
  epochOf(aor: Aor): number
  /** Another home has him by the same right: neither serves him. */
  isContested(aor: Aor): boolean
}

/** Who answers for a unit of work that throws, and by which message. */
export interface Culprit {
  readonly sender: Aor
  readonly request: SipMessage
}

export interface Service {
  readonly name: string
  /** SIP methods of a sender's requests that come to this service; `*` takes what nobody else does. */
  readonly methods: readonly string[]
  /** Bus kinds that it handles at the shard. */
  readonly kinds: readonly BusKind[]
  /** Set when replies come to it under a name of its own (`ReplyAddress.half`). */
  readonly half?: ReplyAddress['half']
  /** Record kinds that it owns: it alone writes them and is handed them at start. */
  readonly records: readonly string[]
  readonly rfcs: readonly string[]
  onRequest?(unit: Unit, request: AuthenticatedRequest): void
  onMessage?(unit: Unit, message: BusMessage): void
  /** The shard of that worker has lost its memory and begins anew. */
  onPeerRestarted?(unit: Unit, worker: number): void
  /** Whose doing a bus message is that does not say so itself; null where nobody's. */
  culpritOf?(message: BusMessage): Culprit | null
  /** One record of a user, at start or when the user's state is read again. Returns why it cannot be read, or null. */
  load?(aor: Aor, kind: string, key: StoreKey, value: Uint8Array): string | null
  /**
   * A record of this user, or of the server (`!server`), is in quarantine: it is lost, whatever it said. Told after all
   * records were loaded, whosever kind it is. `parts`: of its key behind the kind, none where not even that is known;
   * `key`: where it is in quarantine.
   */
  onQuarantined?(aor: Aor, kind: string, parts: readonly string[], key: StoreKey): void
  /** All records of all users have been loaded: the shard begins to serve. */
  onLoaded?(): void
  /** The settings have new values. `done`, in this unit or a later one: what was live by the old ones follows. */
  onSettings?(unit: Unit, done: () => void): void
  /** That worker has died, and every flow of it. Called outside of units. */
  onWorkerGone?(worker: number): void
  /** Drops what memory holds of this user: a batch failed, its records follow by `load`. */
  forget?(aor: Aor): void
  /** The user's records have been read again after `forget`. */
  onReloaded?(aor: Aor): void
  /** The user has another home from now on: silently forgotten. Without it, `forget` and `onReloaded` do that. */
  onMovedAway?(aor: Aor): void
  /** Something is on its way to or from this user that no record holds: a move has to wait for its end. */
  isBusyWith?(aor: Aor): boolean
  /** The records of this user that are read next were copied from another home. */
  onArriving?(aor: Aor): void
  /** These names are a user's whose home may be another one than before; it has just been found out. */
  onHomeFound?(unit: Unit, names: readonly Aor[]): void
}

export interface KnownAccount {
  readonly account: Account
  /** By the user name that proves itself with them: the account's own, and those of its devices. */
  readonly credentials: ReadonlyMap<string, DigestSecrets>
  /** When its epoch was raised, steady wall clock, 0 if not in this start: nonces made before count no longer. */
  readonly epochFromMs: number
}

/** The accounts of this shard, as authentication and the other services see them. */
export interface Accounts {
  find(aor: Aor): KnownAccount | null
  /** The account's own AOR when `aor` is one of its other names, else null. */
  aliasOf(aor: Aor): Aor | null
}
