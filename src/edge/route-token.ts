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

export interface CalleeEnd extends DialogEnd {
  /** As the caller called it (an alias, a GRUU): the dialog gives it this name in From (RFC 3261 §12.1.1). */
  readonly calledAs: Aor
}

export interface RouteToken {
  readonly caller: DialogEnd
  readonly callee: CalleeEnd
}

/** Who an in-dialog request came from: `near`, and where it goes: `far`. */
export interface DialogEnds {
  readonly near: DialogEnd
  readonly far: DialogEnd
}

const purpose = 'record-route'

export function sealRouteToken(seals: Seals, token: RouteToken): string {
  const { caller, callee } = token
  return seals.seal(purpose, [caller.aor, caller.flow, callee.aor, callee.flow, callee.calledAs].join(' '))
}

export function openRouteToken(seals: Seals, text: string): RouteToken | null {
  const opened = seals.open(purpose, text)
  if (opened === null) return null
  const [callerAor, callerFlow, calleeAor, calleeFlow, calledAsText] = opened.split(' ')
  const caller = parseAor(callerAor ?? '')
  const callee = parseAor(calleeAor ?? '')
  const calledAs = parseAor(calledAsText ?? '')
  if (!caller || !callee || !calledAs || !callerFlow || !calleeFlow) return null
  return {
    caller: { aor: caller, flow: callerFlow as FlowId },
    callee: { aor: callee, flow: calleeFlow as FlowId, calledAs },
  }
}

/**
 * Which end does a request in the name of `from` come from? By the flow where it is one of the two, else by the name
 * alone (its device came back on a new flow). Null: the name is neither's. Whether it is rightly used must be proved.
 */
export function endsFor(token: RouteToken, flow: FlowId, from: Aor): DialogEnds | null {
  const { caller, callee } = token
  const isCaller = from === caller.aor
  const isCallee = from === callee.aor || from === callee.calledAs
  const asCaller = { near: caller, far: callee }
  const asCallee = { near: callee, far: caller }
  if (isCaller && flow === caller.flow) return asCaller
  if (isCallee && flow === callee.flow) return asCallee
  if (isCaller) return asCaller
  return isCallee ? asCallee : null
}
