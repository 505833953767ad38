/**
 * Whether a peer is the server that it says it is, by its certificate, the authorities of the configuration and the
 * topology: one function, and one word for each way to fail. The handshake has proved that the peer has the key; that
 * a chain holds is worked out here, so that it can be asked again when authorities or topology change.
 */
import { X509Certificate } from 'node:crypto'
import type { CertificateRefusal, ClaimedPeer, LinkEvidence } from '../ports/link-flow.ts'
import type { Topology } from '../ports/topology.ts'
import { BasicConstraintsExtension, X509Certificate as EditableCertificate } from './x509.ts'

export type RefusalReason =
  /** The peer has shown none. */
  | 'no-certificate'
  /** A resumed session has checked nothing. */
  | 'resumed-session'
  | 'unreadable'
  /** No chain leads to an authority of the configuration. */
  | 'unknown-authority'
  | 'self-signed'
  /** In the chain a certificate has signed that is none of an authority. */
  | 'issuer-is-no-authority'
  /** More authorities below one than it permits. */
  | 'chain-too-long'
  | 'expired'
  | 'not-yet-valid'
  | 'revoked'
  | 'denied'
  /** Not made for servers that are clients too (RFC 5280 §4.2.1.12). */
  | 'no-server-usage'
  | 'no-client-usage'
  | 'not-in-topology'
  | 'wrong-name'
  | 'wrong-role'
  /** A client's: none of the names that say who a user is. */
  | 'no-user-name'
  /** The TLS library has said no for a reason of its own. */
  | 'distrusted'

/** Serial numbers that an authority has revoked, from a CRL whose signature was checked (RFC 5280 §5). */
export interface Revocations {
  /** The subject of the authority, as `X509Certificate.subject` writes it. */
  readonly issuer: string
  /** Lower-case hexadecimal, without leading zeros. */
  readonly serialNumbers: ReadonlySet<string>
}

export interface LinkTrust {
  /** Of the configuration. Each is trusted by itself, whether a root or an intermediate. */
  readonly authorities: readonly X509Certificate[]
  readonly revocations: readonly Revocations[]
}

type DenyList = Pick<Topology, 'deniedFingerprints'>

const serverUsage = '1.3.6.1.5.5.7.3.1'
export const clientUsage = '1.3.6.1.5.5.7.3.2'
/** The longest chain in use has a root, a policy authority and an issuing one. */
const chainMax = 6

/** Null: it is that server. `nowMs`: system clock. */
export function checkPeer(
  evidence: LinkEvidence,
  peer: ClaimedPeer,
  topology: Topology,
  trust: LinkTrust,
  nowMs: number,
): CertificateRefusal | null {
  const [leafDer, ...sentDer] = evidence.chain
  if (leafDer === undefined) return refusal('no-certificate', `a certificate for ${peer.name}`, 'none')
  if (evidence.isResumed) return refusal('resumed-session', 'a full handshake', 'a resumed session')
  const leaf = readCertificate(leafDer)
  const sent = sentDer.map(readCertificate)
  if (leaf === null || sent.includes(null)) return refusal('unreadable', 'X.509', 'something else')
  const found =
    checkTopology(peer, topology) ??
    checkNames(leaf, peer) ??
    checkUsage(leaf) ??
    checkDenied(leaf, topology) ??
    checkChain(leaf, sent as X509Certificate[], { topology, trust, nowMs }) ??
    // What the library checks besides, name constraints above all. It has said so in the handshake.
    (evidence.distrust === null ? null : refusal('distrusted', 'a chain that OpenSSL believes', evidence.distrust))
  return found === null ? null : { ...found, names: serverNames(leaf).join(', ') }
}

/** Names that a certificate gives a server: DNS names only, and none with a wildcard. */
export function serverNames(certificate: X509Certificate): string[] {
  const names = certificate.subjectAltName?.matchAll(/(?:^|, )DNS:([^,"]+)/g) ?? []
  return [...names].map(([, name]) => name!.toLowerCase())
}

/** Null for bytes that are no certificate. */
export function readCertificate(der: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(der)
  } catch {
    // A handshake has read the peer's own; what it sent along may be anything.
    return null
  }
}

function checkTopology({ name, role }: ClaimedPeer, topology: Topology): CertificateRefusal | null {
  const server = topology.servers.find((each) => each.name === name)
  if (!server) {
    return refusal('not-in-topology', `one of ${topology.servers.map((each) => each.name).join(', ')}`, name)
  }
  return server.role === role ? null : refusal('wrong-role', `${name} as ${server.role}`, `${name} as ${role}`)
}

function checkNames(leaf: X509Certificate, { name }: ClaimedPeer): CertificateRefusal | null {
  const names = serverNames(leaf)
  return names.includes(name) ? null : refusal('wrong-name', name, names.join(', ') || 'no DNS name')
}

function checkUsage(leaf: X509Certificate): CertificateRefusal | null {
  // Node's name for the extended key usages. A certificate without them may be used for anything by RFC 5280, but one
  // that is made for servers of a topology says so.
  const usages: readonly string[] = leaf.keyUsage ?? []
  const seen = usages.join(', ') || 'none'
  if (!usages.includes(serverUsage)) return refusal('no-server-usage', `serverAuth (${serverUsage})`, seen)
  return usages.includes(clientUsage) ? null : refusal('no-client-usage', `clientAuth (${clientUsage})`, seen)
}

/** Of an authority too: with it, all that it has issued is denied. */
function checkDenied(certificate: X509Certificate, { deniedFingerprints }: DenyList): CertificateRefusal | null {
  const fingerprint = fingerprintOf(certificate)
  return deniedFingerprints.includes(fingerprint)
    ? refusal('denied', 'a certificate that is not on the deny list', `${fingerprint} (${certificate.subject})`)
    : null
}

function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase()
}

/** Walks up from the leaf; the first authority of the configuration ends the walk. */
export function checkChain(
  leaf: X509Certificate,
  sent: readonly X509Certificate[],
  { topology, trust, nowMs }: { topology: DenyList; trust: LinkTrust; nowMs: number },
): CertificateRefusal | null {
  const checkOne = (each: X509Certificate) =>
    checkTime(each, nowMs) ?? checkDenied(each, topology) ?? checkRevoked(each, trust)
  let below = leaf
  for (let depth = 0; depth < chainMax; depth++) {
    const fault = checkOne(below)
    if (fault) return fault
    const anchor = trust.authorities.find((each) => isIssuer(each, below))
    const issuer = anchor ?? sent.find((each) => each !== below && isIssuer(each, below))
    if (!issuer) return noIssuer(below, depth, trust)
    const wrong = checkIssuer(issuer, depth)
    if (wrong) return wrong
    if (anchor) return checkOne(anchor)
    below = issuer
  }
  return refusal('chain-too-long', `${chainMax} certificates at most`, 'more')
}

function noIssuer(certificate: X509Certificate, depth: number, trust: LinkTrust): CertificateRefusal {
  const isSelfSigned = depth === 0 && isIssuer(certificate, certificate)
  return refusal(isSelfSigned ? 'self-signed' : 'unknown-authority', authoritiesText(trust), certificate.issuer)
}

/** `below`: authorities between it and the server's certificate. */
function checkIssuer(issuer: X509Certificate, below: number): CertificateRefusal | null {
  // Basic constraints and key usage, as OpenSSL understands them.
  if (!issuer.ca) return refusal('issuer-is-no-authority', 'an authority', issuer.subject)
  const pathLength = pathLengthOf(issuer)
  if (pathLength === undefined || below <= pathLength) return null
  return refusal('chain-too-long', `${pathLength} authorities below ${issuer.subject}`, String(below))
}

/** Undefined: any number (RFC 5280 §4.2.1.9). Node's parser does not tell it. */
function pathLengthOf(certificate: X509Certificate): number | undefined {
  return new EditableCertificate(certificate.raw).getExtension(BasicConstraintsExtension)?.pathLength
}

function isIssuer(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

function checkTime(certificate: X509Certificate, nowMs: number): CertificateRefusal | null {
  const { validFrom, validTo, subject } = certificate
  const now = new Date(nowMs).toISOString()
  if (nowMs < certificate.validFromDate.getTime()) return refusal('not-yet-valid', `${subject} from ${validFrom}`, now)
  return nowMs > certificate.validToDate.getTime() ? refusal('expired', `${subject} until ${validTo}`, now) : null
}

function checkRevoked(certificate: X509Certificate, { revocations }: LinkTrust): CertificateRefusal | null {
  const serial = plainSerial(certificate.serialNumber)
  const isRevoked = revocations.some(
    ({ issuer, serialNumbers }) => issuer === certificate.issuer && serialNumbers.has(serial),
  )
  return isRevoked ? refusal('revoked', 'a certificate that is on no revocation list', `serial number ${serial}`) : null
}

/** Lower-case hexadecimal, without leading zeros. */
export function plainSerial(serialNumber: string): string {
  return serialNumber.toLowerCase().replace(/^0+(?=.)/, '')
}

function authoritiesText({ authorities }: LinkTrust): string {
  const names = authorities.map(({ subject }) => subject).join(' or ')
  return `an issuer among ${names || 'none: no authority is configured'}`
}

export function refusal(reason: RefusalReason, expected: string, seen: string): CertificateRefusal {
  return { reason, expected: oneLine(expected), seen: oneLine(seen), names: '' }
}

/** Names from a certificate may hold anything. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 500)
}
