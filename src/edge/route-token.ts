/**
 * Record-Route tokens: both flows and both AORs of a dialog, sealed, in the user part of our Record-Route URI. The
 * proxy keeps no dialog state; what it must know of a dialog comes back with each in-dialog request (RFC 3261 §16.6
 * step 4).
 */
import type { FlowId } from '../ports/flows.ts'
import type { Seals } from '../ports/seals.ts'
import { type Aor, parseAor } from '../sip/uri/aor.ts'

export interface DialogEnd {
  readonly aor: Aor
  readonly flow: FlowId
}

export interface RouteToken {
  readonly caller: DialogEnd
  readonly callee: DialogEnd
}

const purpose = 'record-route'

export function sealRouteToken(seals: Seals, token: RouteToken): string {
  const { caller, callee } = token
  return seals.seal(purpose, [caller.aor, caller.flow, callee.aor, callee.flow].join(' '))
}

export function openRouteToken(seals: Seals, text: string): RouteToken | null {
  const opened = seals.open(purpose, text)
  if (opened === null) return null
  const [callerAor, callerFlow, calleeAor, calleeFlow] = opened.split(' ')
  const caller = parseAor(callerAor ?? '')
  const callee = parseAor(calleeAor ?? '')
  if (!caller || !callee || !callerFlow || !calleeFlow) return null
  return { caller: { aor: caller, flow: callerFlow as FlowId }, callee: { aor: callee, flow: calleeFlow as FlowId } }
}

/**
 * To which end does a request go that came on `flow` from `sender`? By the flow where it is one of the two, else by
 * the AOR (its device came back on a new flow). Null: the sender may speak for neither.
 */
export function otherEnd(token: RouteToken, flow: FlowId, sender: Aor): DialogEnd | null {
  const { caller, callee } = token
  if (flow === caller.flow && sender === caller.aor) return callee
  if (flow === callee.flow && sender === callee.aor) return caller
  if (sender === caller.aor) return callee
  return sender === callee.aor ? caller : null
}
