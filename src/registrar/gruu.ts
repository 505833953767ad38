/**
 * GRUUs (RFC 5627): a public one is the AOR with `gr=` the instance; a temporary one hides both under our seal and is
 * good as long as the device registers with the same Call-ID.
 */
import type { Seals } from '../ports/seals.ts'
import { type Aor, aorDomain, parseAor } from '../sip/uri/aor.ts'
import { parseSipUri } from '../sip/uri/sip-uri.ts'

const purpose = 'temporary-gruu'
const prefix = 'tgruu~'

/** Who is meant by a Request-URI: a user, or with `instanceId` one device of his. */
export interface Addressee {
  readonly aor: Aor
  readonly instanceId: string | null
  /** Temporary GRUUs only: the registration that it belongs to. */
  readonly callId: string | null
}

/** An instance id that is a URN can stand in a URI as it is (RFC 5626 §4.1); anything else has no GRUU. */
const urn = /^urn:[\w!$&'()*+,./:=~%-]+$/i

export function mayHaveGruu(instanceId: string): boolean {
  return urn.test(instanceId)
}

export function publicGruu(aor: Aor, instanceId: string): string {
  return `${aor};gr=${instanceId}`
}

/** `serial` makes each one look different. */
export function temporaryGruu(seals: Seals, aor: Aor, instanceId: string, callId: string, serial: number): string {
  const token = seals.seal(purpose, [aor, instanceId, serial, callId].join(' '))
  return `sip:${prefix}${token}@${aorDomain(aor)};gr`
}

/** The parameter of every GRUU; a URI without it need not be taken apart. */
const grParameter = /;gr(?=[=;?]|$)/i

export function isGruu(requestUri: string): boolean {
  return grParameter.test(requestUri)
}

/** Null when the URI names no user (no user part, malformed, or a token that is not ours). */
export function addresseeOf(requestUri: string, seals: Seals): Addressee | null {
  if (!isGruu(requestUri)) {
    const aor = parseAor(requestUri)
    return aor && { aor, instanceId: null, callId: null }
  }
  const uri = parseSipUri(requestUri)
  if (!uri?.user) return null
  if (uri.user.startsWith(prefix)) return openTemporary(uri.user.slice(prefix.length), seals)
  const aor = parseAor(requestUri)
  return aor && { aor, instanceId: uri.params.get('gr') ?? null, callId: null }
}

function openTemporary(token: string, seals: Seals): Addressee | null {
  const [aorText, instanceId, , ...callId] = (seals.open(purpose, token) ?? '').split(' ')
  const aor = parseAor(aorText ?? '')
  return aor && instanceId ? { aor, instanceId, callId: callId.join(' ') } : null
}
