/**
 * Whether a client's certificate is good for signing in, and whom it names: by the authorities and revocation lists
 * that the configuration gives for users, and by nothing that a resumed session only remembers. That the client has the
 * key was proved in the handshake, of this session or of the one that it resumes.
 */
import type { X509Certificate } from 'node:crypto'
import type { ClientVerdict } from '../ports/client-certificates.ts'
import type { CertificateRefusal, LinkEvidence } from '../ports/link-flow.ts'
import { checkChain, clientUsage, type LinkTrust, readCertificate, refusal } from './peer-check.ts'
import { X509Certificate as EditableCertificate, SubjectAlternativeNameExtension } from './x509.ts'

/**
 * Which subject alternative names say who a user is: a URI `sip:alice@example.test` (RFC 5280 §4.2.1.6), an address of
 * e-mail, or the user principal name that Windows authorities write (an otherName).
 */
export type UserNameKind = 'sip-uri' | 'email' | 'upn'

/** `GeneralName` kinds of the library → ours. */
const kindOf: Readonly<Record<string, UserNameKind>> = { url: 'sip-uri', email: 'email', upn: 'upn' }

/** `nowMs`: system clock. */
export function checkClient(
  evidence: LinkEvidence,
  kinds: readonly UserNameKind[],
  trust: LinkTrust,
  nowMs: number,
): ClientVerdict {
  const [leafDer, ...sentDer] = evidence.chain
  const leaf = leafDer === undefined ? null : readCertificate(leafDer)
  if (leaf === null) return no(refusal('unreadable', 'X.509', 'something else'))
  const names = userNames(leaf, kinds)
  const sent = sentDer.map(readCertificate).filter((each) => each !== null)
  const fault =
    checkUsage(leaf) ??
    checkChain(leaf, sent, { topology: { deniedFingerprints: [] }, trust, nowMs }) ??
    // What the library checks besides, name constraints above all; sessions remember what it said.
    (evidence.distrust === null ? null : refusal('distrusted', 'a chain that OpenSSL believes', evidence.distrust)) ??
    (names.length > 0 ? null : refusal('no-user-name', kinds.join(' or '), leaf.subjectAltName ?? leaf.subject))
  if (fault) return no({ ...fault, names: names.join(', ') })
  return { ok: true, names, untilMs: leaf.validToDate.getTime() }
}

function no(refused: CertificateRefusal): ClientVerdict {
  return { ok: false, refusal: refused }
}

/** A certificate that says nothing of its use may be used for anything (RFC 5280 §4.2.1.12), but not for this. */
function checkUsage(leaf: X509Certificate): CertificateRefusal | null {
  const usages: readonly string[] = leaf.keyUsage ?? []
  if (usages.includes(clientUsage)) return null
  return refusal('no-client-usage', `clientAuth (${clientUsage})`, usages.join(', ') || 'none')
}

function userNames(leaf: X509Certificate, kinds: readonly UserNameKind[]): string[] {
  const names = new EditableCertificate(leaf.raw).getExtension(SubjectAlternativeNameExtension)?.names.items ?? []
  return names.flatMap(({ type, value }) => {
    const kind = kindOf[type]
    if (kind === undefined || !kinds.includes(kind) || !value.includes('@')) return []
    if (kind !== 'sip-uri') return [`sip:${value}`]
    return /^sips?:/i.test(value) ? [value.replace(/^sips:/i, 'sip:')] : []
  })
}
