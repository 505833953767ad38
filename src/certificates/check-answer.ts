/**
 * What another authority answered to our request, before it takes the place of what is shown: its key, chain, time,
 * usages and names. Says everything that is wrong at once, each with the cure.
 */
import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { describeCertificate } from './describe.ts'

export interface Answer {
  /** What came, in any order: the certificate, and perhaps those of the authorities above it. */
  readonly certificates: readonly X509Certificate[]
  readonly keyPem: string
  /** Those that are believed. */
  readonly authorities: readonly X509Certificate[]
  /** Null: this server has no name of its own. */
  readonly serverName: string | null
  readonly domains: readonly string[]
  /** It shows itself to other servers, not to clients alone. */
  readonly hasLinks: boolean
  readonly nowMs: number
}

export type CheckedAnswer =
  | { readonly ok: true; readonly certificatePem: string; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly faults: readonly string[] }

/** An authority above an authority above …: more is a circle. */
const chainLengthMax = 8

const dayMs = 86_400_000

export function checkAnswer(answer: Answer): CheckedAnswer {
  const key = createPrivateKey(answer.keyPem)
  const own = answer.certificates.find((certificate) => certificate.checkPrivateKey(key))
  if (!own) return { ok: false, faults: [strangerFault(answer, key)] }
  const chain = chainOf(own, answer)
  const faults = [...chain.faults, ...timeFaults(own, answer.nowMs), ...usageFaults(own, answer)]
  const names = nameFaults(own, answer)
  if (answer.hasLinks) faults.push(...names.server)
  if (faults.length > 0) return { ok: false, faults }
  const warnings = [...(answer.hasLinks ? [] : names.server), ...names.domains, ...endWarnings(own, answer.nowMs)]
  const certificatePem = [own, ...chain.between].map((each) => each.toString().trim()).join('\n')
  return { ok: true, certificatePem: `${certificatePem}\n`, warnings }
}

function strangerFault({ certificates }: Answer, key: KeyObject): string {
  const subjects = certificates.map(({ subject }) => oneLine(subject)).join('; ')
  return (
    `no certificate in it is for the ${key.asymmetricKeyType ?? ''} key of the request (it holds ${subjects}); ` +
    'is it the answer to another request?'
  )
}

interface Chain {
  /** Authorities between the certificate and one that is believed. */
  readonly between: readonly X509Certificate[]
  readonly faults: readonly string[]
}

function chainOf(own: X509Certificate, { certificates, authorities, nowMs }: Answer): Chain {
  const between: X509Certificate[] = []
  let below = own
  for (let length = 0; length < chainLengthMax; length++) {
    const isAbove = (candidate: X509Certificate) => isIssuer(candidate, below)
    const believed = authorities.find(isAbove)
    // What is self-signed ends a chain. A believed intermediate is shown too: others may know the root only.
    if (believed && isSelfSigned(believed)) return { between, faults: between.flatMap((one) => timeFaults(one, nowMs)) }
    const above = believed ?? certificates.find((candidate) => isAbove(candidate) && !isSelfSigned(candidate))
    if (!above) break
    between.push(above)
    below = above
  }
  const message =
    `its chain ends at ${oneLine(below.issuer)}, which is not among the authorities that are believed; add the ` +
    'authorities between with --chain, and the root with --authority or topology.authorityFile'
  return { between, faults: [message] }
}

function isIssuer(candidate: X509Certificate, below: X509Certificate): boolean {
  return candidate.ca && below.checkIssued(candidate) && below.verify(candidate.publicKey)
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer
}

function timeFaults(certificate: X509Certificate, nowMs: number): string[] {
  const { subject, notBeforeMs, notAfterMs } = describeCertificate(certificate.toString())
  const of = oneLine(subject)
  if (notAfterMs < nowMs) return [`${of} has ended on ${isoDay(notAfterMs)}`]
  return notBeforeMs > nowMs ? [`${of} begins on ${new Date(notBeforeMs).toISOString()}; is this clock right?`] : []
}

function endWarnings(own: X509Certificate, nowMs: number): string[] {
  const days = Math.floor((own.validToDate.getTime() - nowMs) / dayMs)
  return days < 30 ? [`it ends in ${days} days`] : []
}

function usageFaults(own: X509Certificate, { hasLinks }: Answer): string[] {
  const { usages, isAuthority } = describeCertificate(own.toString())
  const faults = isAuthority ? ['it is the certificate of an authority, which no server may show'] : []
  if (!usages.includes('server')) faults.push('it is not for servers (no extended key usage serverAuth)')
  if (hasLinks && !usages.includes('client')) {
    faults.push(
      'it is for servers only (no extended key usage clientAuth), and a server is a client of the others; ask for a ' +
        'template with both',
    )
  }
  return faults
}

function nameFaults(own: X509Certificate, { serverName, domains }: Answer) {
  const { names } = describeCertificate(own.toString())
  const known = new Set(names.map((name) => name.toLowerCase()))
  const shown = names.length === 0 ? 'none' : names.join(' ')
  const server =
    serverName === null || known.has(serverName.toLowerCase())
      ? []
      : [`it does not name this server, ${serverName}, in its alternative names (there: ${shown})`]
  // RFC 5922 §7.1: the domain as a SIP URI, or where there is none as a DNS name.
  const absent = domains.filter((domain) => !known.has(`sip:${domain}`) && !known.has(domain))
  return {
    server,
    domains: absent.map((domain) => `it does not name the domain ${domain}, so clients that check it will not connect`),
  }
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ')
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
