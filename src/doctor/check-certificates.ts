/**
 * The certificate that tls and web show, as a peer that checks it would see it (RFC 5280 §6, RFC 5922 §7): in time, for
 * our names, for servers, with its chain, with its key, and the key for nobody else's eyes.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { describeCertificate, pemCertificates } from '../certificates/index.ts'
import { type Config, dataPaths } from '../config/index.ts'
import { type Finding, Findings } from './finding.ts'

const dayMs = 86_400_000
/** Time enough to notice and to act; the same as `certs show` has. */
const renewBeforeDays = 30

export interface CertificateQuestion {
  readonly config: Config
  /** The domains of the users; the certificate must speak for each. */
  readonly domains: readonly string[]
  readonly nowMs: number
}

export function checkCertificates(question: CertificateQuestion): readonly Finding[] {
  const found = new Findings('certificates')
  const { config } = question
  if (!config.listen.endpoints.some(({ transport }) => transport === 'tls' || transport === 'web')) {
    found.right('listen.endpoints', 'no endpoint speaks TLS, so no certificate is needed')
    return found.all
  }
  const { certFile, keyFile } = dataPaths(config).certificate
  const own = config.tls.certificateFile === null
  const pem = readText(certFile)
  if (pem === null && own) {
    found.right(certFile, 'is not there yet: the first start makes one')
    return found.all
  }
  if (pem === null) {
    found.fault('tls.certificateFile', `${certFile} cannot be read`, 'name the PEM file, readable for the server')
    return found.all
  }
  const chain = certificatesOf(pem)
  const [leaf] = chain
  if (!leaf) {
    found.fault('tls.certificateFile', `${certFile} holds no certificate`, 'a PEM file (BEGIN CERTIFICATE) is expected')
    return found.all
  }
  checkTimes(found, question, chain, certFile)
  checkNames(found, question, leaf, certFile)
  checkUse(found, pem, certFile)
  checkChain(found, question, chain, certFile)
  checkKey(found, leaf, keyFile, config.tls.privateKeyPassphrase)
  return found.all
}

function checkTimes(
  found: Findings,
  { config, nowMs }: CertificateQuestion,
  chain: readonly X509Certificate[],
  file: string,
) {
  const cure = config.tls.certificateFile === null ? 'meridian certs renew' : 'ask your authority for a new one'
  for (const certificate of chain) {
    const name = commonName(certificate)
    const days = Math.floor((certificate.validToDate.getTime() - nowMs) / dayMs)
    if (certificate.validFromDate.getTime() > nowMs) {
      const from = certificate.validFromDate.toISOString()
      found.fault(file, `${name} counts from ${from} on, which is still to come`, 'set the clock of this machine right')
    } else if (days < 0) found.fault(file, `${name} ended ${-days} days ago: nobody connects any more`, cure)
    else if (days < renewBeforeDays) found.warning(file, `${name} ends in ${days} days`, cure)
    else found.right(file, `${name} is good for ${days} days`)
  }
}

function checkNames(
  found: Findings,
  { domains, config }: CertificateQuestion,
  leaf: X509Certificate,
  file: string,
): void {
  const { names } = describeCertificate(leaf.toString())
  const missing = domains.filter((domain) => !names.includes(`sip:${domain}`) && leaf.checkHost(domain) === undefined)
  const renew = config.tls.certificateFile === null ? 'meridian certs renew' : 'have it issued with these names'
  if (missing.length === 0) found.right(file, `names ${domains.join(', ')} (subjectAltName)`)
  else found.fault(file, `does not name ${missing.join(', ')}: clients that check (RFC 5922) refuse it`, renew)
}

function checkUse(found: Findings, pem: string, file: string): void {
  const { usages, isAuthority } = describeCertificate(pem)
  const cure = 'have a certificate issued for TLS servers (extended key usage serverAuth)'
  if (isAuthority) found.warning(file, 'is the certificate of an authority, shown as a server’s', cure)
  if (!usages.includes('server')) found.fault(file, 'may not be used for servers (extended key usage)', cure)
  else if (!usages.includes('client')) {
    found.right(file, 'may be used for servers; for links to other servers it would also need clientAuth')
  } else found.right(file, 'may be used for servers and for links')
}

/** Each is issued by the next; the last by itself, or by an authority that this machine or our own file knows. */
function checkChain(
  found: Findings,
  { config }: CertificateQuestion,
  chain: readonly X509Certificate[],
  file: string,
): void {
  for (const [index, certificate] of chain.slice(0, -1).entries()) {
    const issuer = chain[index + 1] as X509Certificate
    if (certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)) continue
    const reason = `${commonName(certificate)} is not issued by what stands below it, ${commonName(issuer)}`
    found.fault(file, reason, 'put the server’s certificate first, then each issuer after what it issued')
    return
  }
  const last = chain.at(-1) as X509Certificate
  const { authority } = dataPaths(config)
  const known = [authority.certFile, config.tls.clientAuthorityFile].flatMap((path) => {
    const pem = path === null ? null : readText(path)
    return pem === null ? [] : certificatesOf(pem)
  })
  const isKnown = last.checkIssued(last) || known.some((each) => last.checkIssued(each) && last.verify(each.publicKey))
  if (isKnown) found.right(file, `its chain of ${chain.length} is in order`)
  else if (chain.length > 1) found.right(file, `its chain of ${chain.length} ends below ${commonIssuer(last)}`)
  else {
    const reason = `stands alone, below ${commonIssuer(last)}, which clients may not know`
    found.warning(file, reason, 'if that is an intermediate authority, add its certificate behind the server’s')
  }
}

function checkKey(found: Findings, leaf: X509Certificate, keyFile: string, passphrase: string | null): void {
  const pem = readText(keyFile)
  if (pem === null) {
    found.fault('tls.privateKeyFile', `${keyFile} cannot be read`, 'let the server’s user read it, and nobody else')
    return
  }
  try {
    const key = createPrivateKey({ key: pem, ...(passphrase === null ? {} : { passphrase }) })
    if (leaf.checkPrivateKey(key)) found.right(keyFile, 'fits the certificate')
    else found.fault(keyFile, 'is not the key of the certificate', 'install the two that were made together')
  } catch (error) {
    const cure = 'a PEM key is expected; where it is encrypted, set tls.privateKeyPassphraseFile'
    found.fault(keyFile, `cannot be opened: ${(error as Error).message}`, cure)
  }
  const others = statSync(keyFile).mode & 0o007
  if (others !== 0) found.warning(keyFile, 'can be read by every user of this machine', `chmod 640 ${keyFile}`)
}

function certificatesOf(pem: string): X509Certificate[] {
  try {
    return pemCertificates(pem).map((block) => new X509Certificate(block))
  } catch {
    return []
  }
}

function commonName({ subject }: X509Certificate): string {
  return /CN=([^\n]+)/.exec(subject ?? '')?.[1] ?? subject ?? 'a certificate'
}

function commonIssuer({ issuer }: X509Certificate): string {
  return /CN=([^\n]+)/.exec(issuer ?? '')?.[1] ?? issuer ?? 'an unknown authority'
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
