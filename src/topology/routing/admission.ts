/**
 * Who may say what over a link: what a kind of message must hold when a peer of that role sends it, and for whom the
 * peer must be the home. Whatever has no row here is dropped. Nothing that a peer asserts of a flow's identity is
 * believed: it stands in the token that this home has sealed itself.
 */
import type { BusKind, BusMessage, FlowIdentity, ForwardMessage, RequestSource } from '../../ports/bus.ts'
import type { FlowId } from '../../ports/flows.ts'
import type { LinkPeer } from '../../ports/links.ts'
import type { Seals } from '../../ports/seals.ts'
import { shardOf } from '../../ports/sharding.ts'
import type { ServerRole } from '../../ports/topology.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { openFlowToken } from './flow-token.ts'
import { bootIdOf, type OwnStart } from './server-places.ts'

/** This user's home must be that server. */
export interface Condition {
  readonly aor: Aor
  readonly home: 'peer' | 'own'
}

/** `terms`: one of these lists must hold as a whole; none: nothing is to be found out. */
export type Admission =
  | { readonly refused: string }
  | { readonly refused: null; readonly message: BusMessage; readonly terms: readonly (readonly Condition[])[] }

export interface Arrived<Message = BusMessage> {
  readonly message: Message
  readonly peer: LinkPeer
  readonly role: ServerRole
  /** The worker that the peer means. */
  readonly worker: number
}

export interface OwnServer extends OwnStart {
  readonly seals: Seals
  readonly nowMs: () => number
}

type Side = 'front-end' | 'home'
type Of<Kind extends BusKind> = BusMessage & { readonly kind: Kind }
type Rule<Kind extends BusKind> = {
  /** As what a server may say so; a `both` is either. */
  readonly as: readonly Side[]
  check(arrived: Arrived<Of<Kind>>, own: OwnServer): Admission
}

const refuse = (reason: string): Admission => ({ refused: reason })
const admit = (message: BusMessage, ...terms: readonly (readonly Condition[])[]): Admission => ({
  refused: null,
  message,
  terms,
})
const peersUser = (aor: Aor): Condition => ({ aor, home: 'peer' })
const either: readonly Side[] = ['front-end', 'home']

const rules: { readonly [Kind in BusKind]?: Rule<Kind> } = {
  request: { as: ['front-end'], check: checkRequest },
  forward: { as: either, check: checkForward },
  cancel: { as: either, check: ({ message }) => admit(message) },
  'flow-died': { as: ['front-end'], check: checkFlowFact },
  'flow-alive': { as: ['front-end'], check: checkFlowFact },
  deliver: { as: ['home'], check: checkSenders },
  locate: { as: ['home'], check: checkSenders },
  send: { as: ['home'], check: checkSend },
  'flow-left': { as: ['home'], check: ({ message }) => admit(message, [peersUser(message.aor)]) },
  'groups-change': { as: ['home'], check: ({ message }) => admit(message, [peersUser(message.party.aor)]) },
  'policy-applied': { as: ['home'], check: ({ message }) => admit(message) },
  epoch: { as: ['home'], check: ({ message }) => admit(message, [peersUser(message.aor)]) },
  // Replies: whether they are answers to what that peer was asked is seen where it was asked.
  answer: { as: ['home'], check: ({ message }) => admit(message) },
  targets: { as: ['home'], check: ({ message }) => admit(message) },
  'home-is': { as: ['home'], check: ({ message }) => admit(message) },
  'wrong-home': { as: ['home'], check: ({ message }) => admit(message) },
  outcome: { as: either, check: ({ message }) => admit(message) },
  watches: { as: ['home'], check: checkWatches },
  verdicts: { as: ['home'], check: checkVerdicts },
  state: { as: ['home'], check: ({ message }) => admit(message, [peersUser(message.presentity)]) },
  // About what that worker itself watches, or has watched here: nothing but its own is touched.
  naming: { as: ['home'], check: ({ message }) => admit(message) },
  'watch-check': { as: ['home'], check: ({ message }) => admit(message) },
  'name-again': { as: ['home'], check: ({ message }) => admit(message) },
  barrier: { as: ['home'], check: ({ message }) => admit(message) },
  'barrier-passed': { as: ['home'], check: ({ message }) => admit(message) },
  whose: { as: either, check: ({ message, worker }, own) => forShardOf(message, message.aor, worker, own) },
  // An administrator of a home asks; at a front end nobody gives users away.
  'move-ask': { as: ['home'], check: checkMoveAsk },
  'move-reply': { as: ['home'], check: ({ message }) => admit(message) },
  'move-step': { as: ['home'], check: checkMoveStep },
  // Whether that home has a part in such a move is seen there.
  'move-answer': { as: ['home'], check: ({ message, worker }, own) => forShardOf(message, message.aor, worker, own) },
  // Nothing in it is believed but that it is worth to ask.
  'look-again': { as: ['home'], check: ({ message }) => admit(message) },
  joined: { as: either, check: ({ message }) => admit(message) },
}

export function admission(arrived: Arrived, own: OwnServer): Admission {
  const { role, message, worker } = arrived
  const rule = rules[message.kind] as Rule<BusKind> | undefined
  if (!rule) return refuse('kind-not-allowed')
  if (role !== 'both' && !rule.as.includes(role)) return refuse('role-not-allowed')
  if (!Number.isInteger(worker) || worker < 0 || worker >= own.workersCount) return refuse('no-such-worker')
  return (rule.check as Rule<BusKind>['check'])(arrived as Arrived<never>, own)
}

function checkRequest({ message, peer, worker }: Arrived<Of<'request'>>, own: OwnServer): Admission {
  const { source, sender } = message
  if (bootIdOf(source.flow) !== peer.bootId) return refuse('flow-of-another')
  if (!isShardOf(sender, worker, own)) return refuse('wrong-worker')
  const identity = believed(source, peer, own)
  // A token that no longer counts is no fault of the front end: its user is challenged.
  return admit({ ...message, source: { ...source, identity } })
}

/** From a front end for who signed in there; from the sender's home; or from the recipient's, by a flow of ours. */
function checkForward(arrived: Arrived<Of<'forward'>>, own: OwnServer): Admission {
  const { message, peer, role } = arrived
  const { source, sender, recipient, target } = message
  if (role !== 'home' && own.holdsUsers && source !== null && bootIdOf(source.flow) === peer.bootId) {
    const identity = believed(source, peer, own)
    if (identity && speaksFor(identity, sender)) return admit(withSource(message, { ...source, identity }))
  }
  if (role === 'front-end') return refuse('sender-not-proved')
  const fromElsewhere = withSource(message, source && { ...source, identity: null })
  const asRecipientsHome = [peersUser(recipient)]
  const asSendersHome = [peersUser(sender), { aor: recipient, home: 'own' } as const]
  const isOwnFlow = bootIdOf(target.flow) === own.bootId
  if (!own.holdsUsers) return isOwnFlow ? admit(fromElsewhere, asRecipientsHome) : refuse('flow-of-another')
  return isOwnFlow ? admit(fromElsewhere, asRecipientsHome, asSendersHome) : admit(fromElsewhere, asSendersHome)
}

function checkFlowFact(arrived: Arrived<Of<'flow-died'> | Of<'flow-alive'>>, own: OwnServer): Admission {
  const { message, peer, worker } = arrived
  if (bootIdOf(message.flow) !== peer.bootId) return refuse('flow-of-another')
  return forShardOf(message, message.aor, worker, own)
}

function checkSenders({ message, worker }: Arrived<Of<'deliver'> | Of<'locate'>>, own: OwnServer): Admission {
  const { sender, party, recipient, source } = message
  if (party.aor !== sender) return refuse('party-of-another')
  if (!isShardOf(recipient, worker, own)) return refuse('wrong-worker')
  // Of the identity only this comes back: whether the request proved one.
  return admit({ ...message, source: { ...source, identity: null } }, [peersUser(sender)])
}

function checkWatches({ message, worker }: Arrived<Of<'watches'>>, own: OwnServer): Admission {
  const { watcher, party, entries } = message
  if (party.aor !== watcher) return refuse('party-of-another')
  if (!entries.every(({ presentity }) => isShardOf(presentity, worker, own))) return refuse('wrong-worker')
  return admit(message, [peersUser(watcher)])
}

function checkVerdicts({ message, worker }: Arrived<Of<'verdicts'>>, own: OwnServer): Admission {
  const { watcher, verdicts } = message
  if (!isShardOf(watcher, worker, own)) return refuse('wrong-worker')
  if (verdicts.some(({ presentity, state }) => state !== null && state.presentity !== presentity)) {
    return refuse('state-of-another')
  }
  return admit(
    message,
    verdicts.map(({ presentity }) => peersUser(presentity)),
  )
}

/** Requests of our own leave for whom their home sends them. */
function checkSend({ message }: Arrived<Of<'send'>>, own: OwnServer): Admission {
  if (message.requests.some(({ flow }) => bootIdOf(flow) !== own.bootId)) return refuse('flow-of-another')
  return admit(message, [...new Set(message.requests.map(({ owner }) => owner))].map(peersUser))
}

function checkMoveAsk({ message, worker }: Arrived<Of<'move-ask'>>, own: OwnServer): Admission {
  return message.act.act === 'move' ? forShardOf(message, message.aor, worker, own) : refuse('not-for-others')
}

/** Only a user's home offers him; what follows belongs to that offer, or to what was kept of it. */
function checkMoveStep({ message, worker }: Arrived<Of<'move-step'>>, own: OwnServer): Admission {
  if (!isShardOf(message.aor, worker, own)) return refuse('wrong-worker')
  return message.step.step === 'offer' ? admit(message, [peersUser(message.aor)]) : admit(message)
}

function forShardOf(message: BusMessage, aor: Aor, worker: number, own: OwnServer): Admission {
  return isShardOf(aor, worker, own) ? admit(message) : refuse('wrong-worker')
}

function isShardOf(aor: Aor, worker: number, { workersCount, holdsUsers }: OwnServer): boolean {
  return holdsUsers && shardOf(aor, workersCount) === worker
}

function believed({ identity, flow }: RequestSource, peer: LinkPeer, own: OwnServer): FlowIdentity | null {
  if (!identity?.token) return null
  return openFlowToken(own.seals, identity.token, { server: peer.name, flow: flow as FlowId }, own.nowMs())
}

function speaksFor({ aor, aliases }: FlowIdentity, sender: Aor): boolean {
  return aor === sender || aliases.includes(sender)
}

function withSource(message: ForwardMessage, source: RequestSource | null): ForwardMessage {
  return { ...message, source }
}
