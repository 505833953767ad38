/**
 * The core of one worker: an edge, a shard and its services over ports. The same object runs in the server, in the
 * deterministic simulation and in tests; it never touches a socket, a file or a clock of the system.
 */
import { Edge, type EdgeSettings } from '../edge/index.ts'
import { type Causes, noCauses, PoisonGuard } from '../guard/index.ts'
import { type AuditNotes, noAudit } from '../ports/audit-notes.ts'
import type { BearerTokens } from '../ports/bearer-tokens.ts'
import type { Bus, BusMessage } from '../ports/bus.ts'
import type { ClientCertificates } from '../ports/client-certificates.ts'
import type { Clock } from '../ports/clock.ts'
import type { Entropy } from '../ports/entropy.ts'
import type { Links } from '../ports/links.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import { isOwnPlace, placesOfOneServer } from '../ports/places.ts'
import { noPressure, type Pressure } from '../ports/pressure.ts'
import type { Seals } from '../ports/seals.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import type { Store } from '../ports/store.ts'
import type { Timers } from '../ports/timers.ts'
import { noTaps, type WireTaps } from '../ports/wire-tap.ts'
import { makeServices, type ServiceSettings, type ShardServices } from '../services.ts'
import { type AuthenticationSettings, Authenticator, Shard, type Vouch } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { Routes, type RoutesOwner, type RoutesSettings, sealFlowToken } from '../topology/index.ts'
import { XcapFront } from '../xcap/index.ts'
import { renewSettings } from './renew-settings.ts'

export interface CorePorts {
  readonly bus: Bus
  readonly clock: Clock
  readonly timers: Timers
  readonly entropy: Entropy
  readonly seals: Seals
  readonly secretBox: SecretBox
  readonly store: Store
  readonly log: Log
  readonly metrics: Metrics
  /** To the other servers, where the settings name some. */
  readonly links?: Links
  /** Optional: where clients' certificates mean nothing. */
  readonly certificates?: ClientCertificates
  /** Optional: where no bearer tokens are taken. */
  readonly tokens?: BearerTokens
  /** Optional: where nobody keeps an audit log. */
  readonly audit?: AuditNotes
  /** Optional: the simulation needs no watchdog. */
  readonly causes?: Causes
  /** Optional: in virtual time nothing is ever late. */
  readonly pressure?: Pressure
  /** Optional: who reads along. */
  readonly taps?: WireTaps
}

/** Plain data: it crosses to the worker's thread as it is. */
export interface CoreSettings {
  readonly edge: EdgeSettings
  readonly authentication: AuthenticationSettings
  readonly services: ServiceSettings
  /** Users whom nobody here knows are asked of main. */
  readonly asksDirectory: boolean
  /** Null where this server is alone. */
  readonly topology: RoutesSettings | null
}

const shardKinds = new Set<BusMessage['kind']>([
  'request',
  'deliver',
  'sent',
  'locate',
  'flow-died',
  'flow-alive',
  'whose',
  'admin',
  'xcap',
  'document',
  'alias',
  'directory-answer',
  'watches',
  'verdicts',
  'state',
  'naming',
  'watch-check',
  'name-again',
  'barrier',
  'barrier-passed',
  'policy-change',
  'groups-change',
  'policy-applied',
  'policy-ask',
  'presence-ask',
  'move-ask',
  'move-step',
  'move-answer',
  'user-moved',
])

export class WorkerCore implements RoutesOwner {
  readonly edge: Edge
  readonly shard: Shard
  readonly services: ShardServices
  readonly xcap: XcapFront
  /** Null where this server is alone. */
  readonly routes: Routes | null
  readonly #settings: CoreSettings

  constructor(given: CorePorts, settings: CoreSettings) {
    this.#settings = settings
    this.routes = makeRoutes(given, settings, this)
    const ports = {
      ...given,
      bus: this.routes ?? given.bus,
      places: this.routes?.places ?? placesOfOneServer(given.bus.workersCount),
      elsewhere: this.routes,
      asksDirectory: settings.asksDirectory,
      causes: given.causes ?? noCauses,
      pressure: given.pressure ?? noPressure,
      taps: given.taps ?? noTaps,
      certificates: given.certificates ?? null,
      tokens: given.tokens ?? null,
      audit: given.audit ?? noAudit,
    }
    const { domains } = settings.edge
    this.edge = new Edge(ports, settings.edge)
    const { realm, bootId } = settings.authentication
    const { root } = settings.services.xcap
    this.xcap = new XcapFront({ ...ports, sources: this.edge.sources }, { root, realm, bootId, domains })
    this.shard = new Shard(ports, { domains, realm }, new PoisonGuard())
    const { services, authentication } = settings
    this.services = makeServices(this.shard, ports.secretBox, services, authentication)
    const authenticator = new Authenticator(this.services.accounts, ports, settings.authentication, this.#vouch(given))
    this.shard.serve(this.services.all, this.services.accounts, authenticator, this.services.homes)
  }

  /** Reads the shard's users; nothing may be received before it has resolved. */
  load(): Promise<void> {
    return this.shard.load()
  }

  /** Takes over new values; `done` when what goes on by the old ones (live subscriptions) follows them. */
  renew(settings: CoreSettings, done: () => void): void {
    renewSettings(this.#settings, settings)
    this.shard.onSettings(done)
  }

  receive(message: BusMessage): void {
    if (this.routes?.receives(message)) return
    const toShard = shardKinds.has(message.kind) || (message.kind === 'outcome' && message.to.half !== 'edge')
    if (toShard) this.shard.receive(message)
    else if (message.kind === 'answer' && message.to.half === 'http') this.xcap.receive(message)
    else this.edge.receive(message)
  }

  /** That worker has died, and its flows with it. */
  onWorkerGone(worker: number): void {
    if (isOwnPlace(worker)) this.routes?.onSiblingGone(worker)
    this.edge.onWorkerGone(worker)
    this.xcap.onWorkerGone(worker)
    this.shard.onWorkerGone(worker)
  }

  /** That worker's shard lost its memory: edge and services tell it what they know. */
  onShardRestarted(worker: number): void {
    if (isOwnPlace(worker)) this.routes?.onSiblingStarted(worker)
    this.edge.onShardRestarted(worker)
    this.shard.onPeerRestarted(worker)
  }

  onPlaceGone(place: number): void {
    this.onWorkerGone(place)
  }

  onPeerJoined(place: number): void {
    const isHome = this.routes?.places.isHomeAt(place)
    if (isHome && this.#settings.topology?.role !== 'front-end') this.onShardRestarted(place)
    else this.edge.onShardRestarted(place)
  }

  onHomeFound(names: readonly Aor[]): void {
    this.edge.nameFlowsOf(names)
    this.shard.onHomeFound(names)
  }

  /** What waits for an answer, and for the store. */
  get waiting(): { readonly requests: number; readonly store: number } {
    return { requests: this.edge.load.waiting, store: this.shard.waitingCount }
  }

  /** End of a turn in which anything ran: the shard's batch is handed over. */
  endTick(): void {
    this.shard.endTick()
  }

  /** A flow of another server is known again by what this home has given that server. */
  #vouch({ seals, clock }: CorePorts): Vouch | null {
    const { routes } = this
    if (!routes) return null
    return ({ from, source }, identity) => {
      const server = isOwnPlace(from.worker) ? null : routes.places.nameAt(from.worker)
      return server === null ? null : sealFlowToken(seals, server, source.flow, identity, clock.wallMs())
    }
  }
}

function makeRoutes(ports: CorePorts, { topology }: CoreSettings, owner: RoutesOwner): Routes | null {
  return topology && ports.links ? new Routes({ ...ports, links: ports.links }, topology, owner) : null
}
