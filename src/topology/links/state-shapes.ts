/**
 * Shapes of the bus messages about presence, flows, epochs and policy: mostly facts (`src/ports/bus.ts`,
 * `presence-bus.ts`).
 */
import type {
  AliasMessage,
  DatagramMessage,
  EpochMessage,
  FlowAliveMessage,
  FlowDiedMessage,
  FlowLeftMessage,
  GroupsChangeMessage,
  PolicyAppliedMessage,
  PolicyChangeMessage,
} from '../../ports/bus.ts'
import type {
  BarrierMessage,
  BarrierPassedMessage,
  NameAgainMessage,
  NamedWatch,
  NamingMessage,
  StateMessage,
  StateVersion,
  Verdict,
  VerdictsMessage,
  WatchCheckMessage,
  WatchesMessage,
} from '../../ports/presence-bus.ts'
import { watchesInMessageMax } from '../../ports/presence-bus.ts'
import {
  type GroupRule,
  messageRules,
  type OrganisationPolicy,
  policyDefaults,
  seeRules,
} from '../../ports/records/policy.ts'
import { bytes, flowId, party, replyAddress, texts } from './address-shapes.ts'
import { itemsMax } from './limits.ts'
import { aor, choice, constant, count, flag, list, number, orNull, record, text } from './shape.ts'

const stateVersion = record<StateVersion>({ incarnation: number, number })
const namedWatch = record<NamedWatch>({ presentity: aor, known: orNull(stateVersion) })

export const watchesShape = record<WatchesMessage>({
  kind: constant('watches'),
  worker: count,
  watcher: aor,
  party,
  isWanted: flag,
  number,
  entries: list(namedWatch, watchesInMessageMax),
})

export const stateShape = record<StateMessage>({
  kind: constant('state'),
  presentity: aor,
  version: stateVersion,
  document: bytes,
  causeMs: number,
})

const seeVerdict = choice('allow', 'confirm', 'polite-block', 'block', 'unknown')

const verdict = record<Verdict>({
  presentity: aor,
  verdict: seeVerdict,
  state: orNull(stateShape),
  mainAor: orNull(aor),
})

export const verdictsShape = record<VerdictsMessage>({
  kind: constant('verdicts'),
  watcher: aor,
  heard: number,
  verdicts: list(verdict, watchesInMessageMax),
})

export const namingShape = record<NamingMessage>({
  kind: constant('naming'),
  worker: count,
  phase: choice('begin', 'end'),
})

export const watchCheckShape = record<WatchCheckMessage>({
  kind: constant('watch-check'),
  worker: count,
  count,
  hash: number,
  part: count,
  parts: count,
})

export const nameAgainShape = record<NameAgainMessage>({
  kind: constant('name-again'),
  worker: count,
  presentity: orNull(aor),
})

export const barrierShape = record<BarrierMessage>({ kind: constant('barrier'), from: replyAddress })

export const barrierPassedShape = record<BarrierPassedMessage>({
  kind: constant('barrier-passed'),
  to: replyAddress,
  worker: count,
})

export const flowDiedShape = record<FlowDiedMessage>({ kind: constant('flow-died'), aor, flow: flowId, goodbye: flag })

export const flowAliveShape = record<FlowAliveMessage>({
  kind: constant('flow-alive'),
  aor,
  flow: flowId,
  epoch: number,
  bindings: texts,
  atMs: number,
})

export const flowLeftShape = record<FlowLeftMessage>({
  kind: constant('flow-left'),
  aor,
  flow: flowId,
  bindings: texts,
})

export const epochShape = record<EpochMessage>({ kind: constant('epoch'), aor, epoch: number })

export const aliasShape = record<AliasMessage>({ kind: constant('alias'), aor, mainAor: orNull(aor) })

export const groupRule = record<GroupRule>({
  from: text,
  to: text,
  see: orNull(choice(...seeRules)),
  message: orNull(choice(...messageRules)),
})

const organisationPolicy = record<OrganisationPolicy>({
  generation: count,
  default: orNull(choice(...policyDefaults)),
  rules: list(groupRule, itemsMax),
})

export const policyChangeShape = record<PolicyChangeMessage>({
  kind: constant('policy-change'),
  from: replyAddress,
  policy: organisationPolicy,
})

export const groupsChangeShape = record<GroupsChangeMessage>({
  kind: constant('groups-change'),
  from: replyAddress,
  party,
})

export const policyAppliedShape = record<PolicyAppliedMessage>({
  kind: constant('policy-applied'),
  to: replyAddress,
  worker: count,
  outcome: choice('applied', 'not-kept'),
})

export const datagramShape = record<DatagramMessage>({
  kind: constant('datagram'),
  listener: count,
  remoteAddress: text,
  remotePort: count,
  bytes,
})
