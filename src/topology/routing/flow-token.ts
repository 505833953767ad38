/**
 * What a home gives another server that a user of its has signed in through, and wants to see again with each request
 * on that flow: who may speak there, sealed. Only the home that made it can read it, and it takes it from that server
 * for that flow alone, so that a compromised front end speaks for nobody but who signs in through it.
 */
import type { FlowIdentity } from '../../ports/bus.ts'
import type { FlowId } from '../../ports/flows.ts'
import type { Seals } from '../../ports/seals.ts'
import { type Aor, parseAor } from '../../sip/uri/aor.ts'

const purpose = 'front-end-flow'
/** However long an identity counts on the home's own flows. */
const lifetimeMsMax = 8 * 3_600_000

/** No AOR, flow id or name of a server has a blank in it. */
export function sealFlowToken(
  seals: Seals,
  server: string,
  flow: FlowId,
  identity: FlowIdentity,
  nowMs: number,
): string {
  const { aor, aliases, epoch, provedUntilMs } = identity
  const untilMs = Math.min(identity.untilMs, nowMs + lifetimeMsMax)
  return seals.seal(purpose, [server, flow, epoch, untilMs, provedUntilMs ?? '-', aor, ...aliases].join(' '))
}

/** Null for what this home did not give that server for that flow, and for what has run out. */
export function openFlowToken(
  seals: Seals,
  token: string,
  by: { readonly server: string; readonly flow: FlowId },
  nowMs: number,
): FlowIdentity | null {
  const [server, flow, epoch, untilMs, proved, ...names] = seals.open(purpose, token)?.split(' ') ?? []
  if (server !== by.server || flow !== by.flow || Number(untilMs) <= nowMs) return null
  const [aor, ...aliases] = names.map(parseAor)
  if (!aor) return null
  const known = aliases.filter((alias): alias is Aor => alias !== null)
  const provedUntilMs = proved === '-' ? null : Number(proved)
  return { aor, aliases: known, epoch: Number(epoch), untilMs: Number(untilMs), token, provedUntilMs }
}
