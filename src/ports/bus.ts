/**
 * The bus between edges and shards, on one thread or several, and every kind of message that it carries.
 * An *ask* may be refused and its asker has a deadline; a *fact* may not be lost: only the newest per (kind, key) is
 * kept.
 */
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { AdminReply, AdminRequest, DocumentReply, DocumentRequest, PolicyReply, PolicyRequest } from './admin.ts'
import type { DirectoryMessage } from './directory-bus.ts'
import type { FlowId, TransportName } from './flows.ts'
import type { MoveMessage } from './move-bus.ts'
import type { SendMessage } from './own-requests.ts'
import type { PolicyParty } from './policy.ts'
import type { PresenceMessage } from './presence-bus.ts'
import type { FlowIdentity, Proof, RefusedToken } from './proof.ts'
import type { OrganisationPolicy } from './records/policy.ts'
import type { ReplyAddress } from './reply-address.ts'
import type { TopologyMessage } from './topology-bus.ts'

export type { FlowIdentity } from './proof.ts'
export type { ReplyAddress } from './reply-address.ts'

/** Header lines as (name, value), in the order in which they are written. */
export type HeaderLines = readonly (readonly [name: string, value: string])[]

/** Where a request came from. */
export interface RequestSource {
  readonly flow: FlowId
  readonly transport: TransportName
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  readonly identity: FlowIdentity | null
}

/** One device to try: the flow that reaches it and the Request-URI and Route that it expects. */
export interface ForwardTarget {
  readonly flow: FlowId
  /** Null where only the edge that owns the flow knows (a dialog's other end). */
  readonly transport: TransportName | null
  readonly contactUri: string
  readonly path: readonly string[]
  /** Preference of RFC 3261 §10.2.1.2 in thousandths. */
  readonly qThousandths: number
  readonly deviceKey: string
}

/** Ask, edge → shard of the sender: authenticate where the flow has not, then let the service of this method act. */
export interface RequestMessage {
  readonly kind: 'request'
  readonly from: ReplyAddress
  /** The AOR in From (for REGISTER: in To), whose shard this is. */
  readonly sender: Aor
  readonly request: SipMessage
  readonly source: RequestSource
  /** Null where there is none, or where it is still to be read from the request (a bearer token). */
  readonly proof: Proof | RefusedToken | null
  /** Steady wall clock at which it came. */
  readonly receivedMs: number
  /** An in-dialog request whose next hop the edge has read from our Route token; it waits only for who sends it. */
  readonly route: DialogRoute | null
}

/** What a Record-Route token says about the direction in which an in-dialog request goes. */
export interface DialogRoute {
  readonly target: ForwardTarget
  readonly recipient: Aor
}

/** Bindings, by the registrar's identities, that name a flow since this moment (steady wall clock). */
export interface NewBindings {
  readonly bindings: readonly string[]
  readonly atMs: number
}

/** Reply, shard → edge: the final answer of a request. */
export interface AnswerMessage {
  readonly kind: 'answer'
  readonly to: ReplyAddress
  readonly status: number
  readonly reason: string
  readonly headers: HeaderLines
  readonly body: Uint8Array | null
  /** A device's response to pass on instead of an answer of our own. */
  readonly response: SipMessage | null
  /** Set when the request proved who is behind the flow. */
  readonly identity: FlowIdentity | null
  /** Bindings that now name the flow, by the registrar's identities: the edge tells the AOR's shard when it dies. */
  readonly bound: NewBindings | null
  /** The tag of To where the answer makes a dialog of ours; null: the edge's own. */
  readonly toTag: string | null
}

/**
 * Ask, sender's shard → recipient's shard: deliver a pager-mode MESSAGE. The answer goes straight to the sender's edge.
 */
export interface DeliverMessage {
  readonly kind: 'deliver'
  readonly from: ReplyAddress
  readonly sender: Aor
  /** The sender, as the recipient's policy looks at him. */
  readonly party: PolicyParty
  readonly recipient: Aor
  readonly request: SipMessage
  /** See `src/shard/operation-id.ts`. */
  readonly operationId: string
  /** Steady wall clock at which the request came. */
  readonly receivedMs: number
  readonly source: RequestSource
  readonly identity: FlowIdentity | null
  /** Set: answer this unless the operation is known (a retransmission whose credentials no longer count). */
  readonly unlessKnown: AnswerMessage | null
  /** Other devices of the sender want a copy: if it is delivered or stored, the sender's shard is told by `sent`. */
  readonly isCopied: boolean
}

/**
 * Note, recipient's shard → sender's shard: this message was answered 2xx, and copies may be made. Leaves with the
 * answer. May be lost with a worker: a copy is a convenience.
 */
export interface SentMessage {
  readonly kind: 'sent'
  readonly sender: Aor
  readonly request: SipMessage
  readonly operationId: string
  /** That it came by: its device needs no copy. */
  readonly flow: FlowId
}

/**
 * Ask, sender's shard → recipient's shard: where can this user be reached for a request that the edge forwards itself?
 */
export interface LocateMessage {
  readonly kind: 'locate'
  readonly from: ReplyAddress
  readonly sender: Aor
  /** The sender, as the recipient's policy looks at him. */
  readonly party: PolicyParty
  readonly recipient: Aor
  /** The whole Request-URI: a GRUU names one device. */
  readonly requestUri: string
  /** As it came: what is large had better not leave by UDP. */
  readonly requestBytes: number
  readonly source: RequestSource
  readonly identity: FlowIdentity | null
}

/** Reply, recipient's shard → sender's edge: the target set; empty is answered by the edge with 480. */
export interface TargetsMessage {
  readonly kind: 'targets'
  readonly to: ReplyAddress
  readonly sender: Aor
  readonly recipient: Aor
  readonly targets: readonly ForwardTarget[]
  readonly identity: FlowIdentity | null
}

/** Ask, whoever routes → edge that owns the flow: send this request there and report. */
export interface ForwardMessage {
  readonly kind: 'forward'
  readonly from: ReplyAddress
  readonly target: ForwardTarget
  readonly request: SipMessage
  /**
   * `proxied`: Via stays below ours (RFC 3261 §16.6). `in-dialog`: so do Routes beyond our own.
   * `stored`: the message left its sender's transaction long ago.
   */
  readonly mode: 'proxied' | 'in-dialog' | 'stored'
  readonly sender: Aor
  readonly recipient: Aor
  /** What the request's own source looked like, for Via received/rport and Record-Route; null for stored ones. */
  readonly source: RequestSource | null
  /** Written as Date when the request has none (a stored message keeps its original time). */
  readonly date: string | null
  /** Dialog-forming requests get our Record-Route. */
  readonly recordRoute: boolean
  /** The caller's side of it, where that is another server, which alone can read it again; else null. */
  readonly callerRoute: string | null
  /** In a dialog: so many Routes on top were the sender's server's own, and it has read them. */
  readonly spentRoutes: number
  /** Written as Max-Breadth (RFC 5393) when the request is forked; null leaves the header as it came. */
  readonly maxBreadth: number | null
}

/** Reply, edge → whoever forwarded: a response, or what became of the request without one. */
export interface OutcomeMessage {
  readonly kind: 'outcome'
  readonly to: ReplyAddress
  /** The SIP status; 408 for silence, 0 when the flow is gone or broke (nobody will answer). */
  readonly status: number
  readonly response: SipMessage | null
  readonly deviceKey: string
}

/** Ask, edge → edge: cancel the INVITE that `from` forwarded (RFC 3261 §9.1, §16.10). */
export interface CancelMessage {
  readonly kind: 'cancel'
  readonly from: ReplyAddress
}

/** Fact, edge → shard: a flow that bindings of this user name is gone. */
export interface FlowDiedMessage {
  readonly kind: 'flow-died'
  readonly aor: Aor
  readonly flow: FlowId
  /** The device said goodbye (closed cleanly), as opposed to a reset, a timeout or a cut. */
  readonly goodbye: boolean
}

/** Fact, edge → shard that has been started anew: a flow that these bindings named before is still there. */
export interface FlowAliveMessage {
  readonly kind: 'flow-alive'
  readonly aor: Aor
  readonly flow: FlowId
  /** Of the account when the bindings were made. */
  readonly epoch: number
  readonly bindings: readonly string[]
  /** Since when they named it: of two flows the newer one is right. */
  readonly atMs: number
}

/** Fact, shard → edge that owns the flow: these bindings have moved on to another flow. */
export interface FlowLeftMessage {
  readonly kind: 'flow-left'
  readonly aor: Aor
  readonly flow: FlowId
  readonly bindings: readonly string[]
}

/** Fact, shard → every edge: flows and nonces of this account's earlier epochs no longer count. */
export interface EpochMessage {
  readonly kind: 'epoch'
  readonly aor: Aor
  readonly epoch: number
}

/** Fact, account's shard → shard of one of its other names: whom that name means, or null for nobody any more. */
export interface AliasMessage {
  readonly kind: 'alias'
  readonly aor: Aor
  readonly mainAor: Aor | null
}

/** Fact, the shard that owns `!server` → every shard: what the organisation's policy is from now on. */
export interface PolicyChangeMessage {
  readonly kind: 'policy-change'
  readonly from: ReplyAddress
  readonly policy: OrganisationPolicy
}

/** Fact, account's shard → every shard: this user is in these groups from now on. */
export interface GroupsChangeMessage {
  readonly kind: 'groups-change'
  readonly from: ReplyAddress
  readonly party: PolicyParty
}

/**
 * Reply, every shard → who has told it of a change of policy: it decides by it now, and so do its live subscriptions.
 * `not-kept`: the store did not take the change, so nobody was told of it.
 */
export interface PolicyAppliedMessage {
  readonly kind: 'policy-applied'
  readonly to: ReplyAddress
  readonly worker: number
  readonly outcome: 'applied' | 'not-kept'
}

/** Ask, edge → edge: a datagram that the kernel gave to another worker than the owner of its peer. */
export interface DatagramMessage {
  readonly kind: 'datagram'
  readonly listener: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly bytes: Uint8Array
}

/**
 * Ask, HTTP side of a worker → shard of the user who asks: an XCAP request (RFC 4825). Replied to by `answer`.
 */
export interface XcapMessage {
  readonly kind: 'xcap'
  readonly from: ReplyAddress
  /** Whom the credentials name. */
  readonly aor: Aor
  readonly method: string
  /** Path and query as they came, not decoded. */
  readonly path: string
  readonly query: string
  readonly authorization: string
  readonly ifMatch: string | null
  readonly ifNoneMatch: string | null
  readonly contentType: string | null
  readonly body: Uint8Array
  readonly remoteAddress: string
  readonly isEncrypted: boolean
}

/** Ask, main → shard: an administrator reads or changes a document of a user. */
export interface DocumentMessage {
  readonly kind: 'document'
  readonly from: ReplyAddress
  readonly aor: Aor
  readonly act: DocumentRequest
}

export interface DocumentReplyMessage {
  readonly kind: 'document-reply'
  readonly to: ReplyAddress
  readonly reply: DocumentReply
}

/** Ask, main → shard: an administrator's act on one account. */
export interface AdminMessage {
  readonly kind: 'admin'
  readonly from: ReplyAddress
  readonly aor: Aor
  readonly act: AdminRequest
}

export interface AdminReplyMessage {
  readonly kind: 'admin-reply'
  readonly to: ReplyAddress
  readonly reply: AdminReply
}

/** Ask, main → shard: an administrator's act on the rules of a user, or (`aor` is `!server`) of the organisation. */
export interface PolicyAskMessage {
  readonly kind: 'policy-ask'
  readonly from: ReplyAddress
  readonly aor: Aor
  readonly act: PolicyRequest
}

export interface PolicyReplyMessage {
  readonly kind: 'policy-reply'
  readonly to: ReplyAddress
  readonly reply: PolicyReply
}

export type BusMessage =
  | RequestMessage
  | AnswerMessage
  | DeliverMessage
  | SentMessage
  | LocateMessage
  | TargetsMessage
  | ForwardMessage
  | SendMessage
  | OutcomeMessage
  | CancelMessage
  | PresenceMessage
  | TopologyMessage
  | MoveMessage
  | DirectoryMessage
  | FlowDiedMessage
  | FlowAliveMessage
  | FlowLeftMessage
  | EpochMessage
  | AliasMessage
  | DatagramMessage
  | XcapMessage
  | DocumentMessage
  | DocumentReplyMessage
  | AdminMessage
  | AdminReplyMessage
  | PolicyChangeMessage
  | GroupsChangeMessage
  | PolicyAppliedMessage
  | PolicyAskMessage
  | PolicyReplyMessage

export type BusKind = BusMessage['kind']

export interface Bus {
  readonly worker: number
  readonly incarnation: number
  readonly workersCount: number
  /**
   * Sends to a worker, itself included (then it is handled later in the same tick).
   * False: an ask was refused because that worker is down or its queue is full; facts are always taken.
   */
  send(worker: number, message: BusMessage): boolean
}
