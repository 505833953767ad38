/**
 * What main and a shard worker say to each other. Plain data and ports; SIP never passes here.
 */
import type { MessagePort } from 'node:worker_threads'
import type { UserNameKind } from '../certificates/index.ts'
import type { KeyPlace, TokenRules } from '../tokens/index.ts'
import type { LinkedServer, LinkStatus } from '../topology/index.ts'
import type { CaptureSettings, TraceBatch, TraceOrder } from '../tracing/index.ts'
import type { CertificateFiles } from '../transport/index.ts'
import type { HepPlace } from './hep-link.ts'
import type { LogForm } from './log.ts'
import type { MetricSample } from './metrics.ts'
import type { SteadyReading } from './real-clock.ts'
import type { RecordedRow } from './traffic-recorder.ts'
import type { CoreSettings } from './worker-core.ts'

/** Where to listen. `web` is WSS and HTTPS on one port, `ws` the same without TLS. Port 0: a free one. */
export interface ListenEndpoint {
  readonly transport: 'udp' | 'tcp' | 'tls' | 'web' | 'ws'
  readonly host: string
  readonly port: number
  /** Of `tls`: other servers connect here too, or nobody else does. */
  readonly links?: 'with-clients' | 'alone'
}

/** `workerData` of a shard worker. */
export interface ShardWorkerData {
  readonly worker: number
  readonly incarnation: number
  readonly workersCount: number
  /** The longest frame of `gathering.ts`, milliseconds. */
  readonly gatherMs: number
  readonly settings: CoreSettings
  readonly log: LogForm
  readonly sealKey: Uint8Array
  readonly ha1Key: Uint8Array
  /** Where main's steady wall clock stands, for the worker's own to go on from. */
  readonly steadyClock: SteadyReading
  readonly endpoints: readonly ListenEndpoint[]
  readonly tls: TlsMaterial | null
  /** Null where this server is alone. */
  readonly links: LinkSettings | null
  readonly signIn: SignInSettings
  readonly web: {
    readonly engine: 'auto' | 'uwebsockets' | 'node'
    readonly allowedOrigins: readonly string[]
    readonly metrics: 'off' | 'loopback' | 'everyone'
    /** Who reaches the admin API and the console. */
    readonly admin: 'off' | 'loopback' | 'everyone'
  }
  /** Where copies of messages go; null: nowhere. */
  readonly hep: (HepPlace & CaptureSettings) | null
  readonly storePort: MessagePort
  /** See `cause-board.ts`. */
  readonly causeBoard: SharedArrayBuffer
  /** See `poison-folder.ts`. */
  readonly poisonFolder: string
}

/** What a running worker takes over from a configuration that was read again. */
export interface LiveSettings {
  readonly core: CoreSettings
  readonly logLevel: LogForm['level']
  readonly web: ShardWorkerData['web']
}

/** Ways to sign in without a secret of ours; null where there is none. */
export interface SignInSettings {
  readonly certificates: {
    readonly authorityFile: string
    readonly revocationFiles: readonly string[]
    readonly names: readonly UserNameKind[]
  } | null
  readonly tokens: { readonly rules: TokenRules; readonly keys: KeyPlace } | null
}

export interface LinkSettings {
  readonly own: LinkedServer
  readonly files: LinkTrustFiles
}

/** What certificates of other servers are held against, PEM. */
export interface LinkTrustFiles {
  readonly authorityFile: string
  readonly revocationFiles: readonly string[]
}

export interface TlsMaterial {
  readonly certificate: CertificateFiles
  readonly clientAuthorityFile: string | null
  /** Of tls endpoints: whose certificates sign users in; null where clients are asked for none. */
  readonly userAuthorityFile: string | null
  readonly passphrase: string | null
  readonly ticketKeys: Uint8Array
}

export interface ListeningPlace {
  readonly transport: string
  readonly host: string
  readonly port: number
  /** What runs the web listener. */
  readonly engine: string | null
}

/** What only main can answer. */
export interface HttpAskOfMain {
  readonly method: string
  readonly path: string
  readonly ifNoneMatch: string | null
  readonly acceptsGzip: boolean
  readonly remoteAddress: string
  readonly accept: string
  readonly contentType: string
  readonly host: string | null
  /** What a browser says of who makes it ask; programs say nothing. */
  readonly origin: string | null
  readonly fetchSite: string | null
  /** Of a form only; empty for all else. */
  readonly body: string
  /** Of a request to the admin API, which main alone answers; null for everything else. */
  readonly api: ApiAskOfMain | null
}

/** What the admin API wants to know of a request besides. */
export interface ApiAskOfMain {
  readonly query: string
  readonly ifMatch: string | null
  readonly authorization: string | null
  readonly cookie: string | null
  readonly consoleHeader: string | null
  readonly body: Uint8Array
}

export interface HttpAnswerOfMain {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string | Uint8Array
}

export type ToShardWorker =
  | { readonly kind: 'peer'; readonly worker: number; readonly incarnation: number; readonly port: MessagePort }
  | { readonly kind: 'peer-gone'; readonly worker: number }
  | { readonly kind: 'listen'; readonly endpoints: readonly ListenEndpoint[] }
  | { readonly kind: 'metrics'; readonly ask: number }
  | { readonly kind: 'links'; readonly ask: number }
  | { readonly kind: 'reload-tls'; readonly tls: TlsMaterial }
  /** Authorities of servers or their revocation lists have changed; links are checked again. */
  | { readonly kind: 'reload-link-trust'; readonly files: LinkTrustFiles }
  /** Answered by `renewed` when everything follows the new values. */
  | { readonly kind: 'renew'; readonly ask: number; readonly settings: LiveSettings }
  /** Notes what users do from now on, under hashes of this key; null: no more. */
  | { readonly kind: 'record'; readonly key: Uint8Array | null }
  /** Messages of these users are told from now on, and of no others; answered by `traced` with this revision. */
  | { readonly kind: 'trace'; readonly revision: number; readonly orders: readonly TraceOrder[] }
  | ({ readonly kind: 'http-answer'; readonly ask: number } & HttpAnswerOfMain)
  /** Close the listeners and end when nothing waits any more. */
  | { readonly kind: 'drain' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'ping' }

export type FromShardWorker =
  /** First of all: where the kernel counts what the thread is given. */
  | { readonly kind: 'begun'; readonly threadFolder: string | null }
  | { readonly kind: 'loaded' }
  | { readonly kind: 'listening'; readonly places: readonly ListeningPlace[] }
  | { readonly kind: 'listen-failed'; readonly message: string }
  | { readonly kind: 'metrics'; readonly ask: number; readonly samples: readonly MetricSample[] }
  | { readonly kind: 'links'; readonly ask: number; readonly links: readonly LinkStatus[] }
  | { readonly kind: 'http-ask'; readonly ask: number; readonly request: HttpAskOfMain }
  | { readonly kind: 'recorded'; readonly rows: readonly RecordedRow[] }
  /** It has stopped, and handed over all that it had. */
  | { readonly kind: 'record-ended' }
  /** All that it saw until then of the users that the orders of this revision name; nothing too. */
  | {
      readonly kind: 'traced'
      readonly revision: number
      /** Of the monotonic clock that all threads share. */
      readonly untilUs: number
      readonly batches: readonly TraceBatch[]
    }
  | { readonly kind: 'renewed'; readonly ask: number }
  | { readonly kind: 'audit'; readonly event: string; readonly subject: string; readonly detail: string }
  | { readonly kind: 'drained' }
  | { readonly kind: 'pong' }
