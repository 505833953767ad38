/**
 * What a probe of a server means: one row for people and programs, and what somebody should do about it.
 */
import { X509Certificate } from 'node:crypto'
import {
  type CertificateDescription,
  checkPeer,
  describeCertificate,
  type LinkTrust,
} from '../../certificates/index.ts'
import type { CertificateRefusal, LinkEvidence } from '../../ports/link-flow.ts'
import type { ServerRole, Topology, TopologyServer } from '../../ports/topology.ts'
import { renewBeforeDays } from '../certs/show.ts'
import { clockWarnings } from './clock-warnings.ts'
import type { Probe } from './probe.ts'

export interface JudgedServer {
  readonly name: string
  readonly role: ServerRole
  readonly link: string
  readonly addresses: readonly string[]
  readonly state: 'accepted' | 'refused' | 'not resolved' | 'not reached'
  readonly certificate: CertificateDescription | null
  /** Subjects of what it sent, its own first. */
  readonly chain: readonly string[]
  readonly daysLeft: number | null
  /** The names that it should carry and does not, or does, for a refusal. */
  readonly refusal: CertificateRefusal | null
  readonly timeDifferenceMs: number | null
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
}

export interface Judge {
  readonly topology: Topology
  readonly trust: LinkTrust
  readonly nowMs: number
}

export function judgeProbe(server: TopologyServer, probe: Probe, judge: Judge): JudgedServer {
  const { name, role } = server
  const shown = describedEvidence(probe.evidence, judge.nowMs)
  const link = `${server.linkHost} port ${server.linkPort}`
  const base = { name, role, link, addresses: probe.addresses, timeDifferenceMs: probe.timeDifferenceMs, ...shown }
  if (probe.resolveFault !== null) {
    const warnings = [`${name}: ${server.linkHost} is not resolved here: ${probe.resolveFault}`]
    return { ...base, state: 'not resolved', refusal: null, faults: [], warnings }
  }
  if (probe.evidence === null) {
    const faults = [`${name}: not reached at ${link} (${probe.addresses[0]}): ${probe.connectFault}`]
    return { ...base, state: 'not reached', refusal: null, faults, warnings: [] }
  }
  const refusal = checkPeer(probe.evidence, { name, role }, judge.topology, judge.trust, judge.nowMs)
  const faults = refusal ? [refusalText(name, refusal)] : []
  const warnings = [...endWarnings(name, shown.daysLeft), ...clockWarnings(name, 'is', probe.timeDifferenceMs)]
  return { ...base, state: refusal ? 'refused' : 'accepted', refusal, faults, warnings }
}

/** Of this server itself: what the others will say of the certificate that it shows. */
export function judgeOwn(name: string, role: ServerRole, evidence: LinkEvidence, judge: Judge) {
  const refusal = checkPeer(evidence, { name, role }, judge.topology, judge.trust, judge.nowMs)
  const { daysLeft, certificate } = describedEvidence(evidence, judge.nowMs)
  const known = new Set(certificate?.names)
  // RFC 5922 §7.1: as a SIP URI, or where there is none as a DNS name.
  const absent = judge.topology.domains.filter((domain) => !known.has(`sip:${domain}`) && !known.has(domain))
  const unnamed = absent.map((domain) => `${name}: its certificate does not name ${domain}, which clients look for`)
  const faults = refusal ? [refusalText(name, refusal)] : []
  return { refusal, faults, warnings: [...endWarnings(name, daysLeft), ...unnamed] }
}

function refusalText(name: string, { reason, expected, seen, names }: CertificateRefusal): string {
  const carried = names === '' ? '' : `; its certificate names ${names}`
  return `${name}: its certificate is refused, ${reason}: expected ${expected}, seen ${seen}${carried}`
}

function describedEvidence(evidence: LinkEvidence | null, nowMs: number) {
  const sent = (evidence?.chain ?? []).map((der) => describeCertificate(new X509Certificate(der).toString()))
  const [certificate] = sent
  const chain = sent.map(({ subject }) => subject.replaceAll('\n', ', '))
  if (!certificate) return { certificate: null, chain, daysLeft: null }
  return { certificate, chain, daysLeft: Math.floor((certificate.notAfterMs - nowMs) / 86_400_000) }
}

function endWarnings(name: string, days: number | null): readonly string[] {
  return days === null || days < 0 || days >= renewBeforeDays ? [] : [`${name}: its certificate ends in ${days} days`]
}
