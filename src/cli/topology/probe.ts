/**
 * Looks at one server of the topology from here: does its name resolve, what certificate does it show at its link port,
 * and how late is it there. It opens no link: the other server sees a client that asks OPTIONS and leaves.
 */
import { randomBytes } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { connect, type SecureContext, type TLSSocket } from 'node:tls'
import type { LinkEvidence } from '../../ports/link-flow.ts'
import type { TopologyServer } from '../../ports/topology.ts'
import { encodeRequest, HeaderId, parseMessage, StreamFramer } from '../../sip/index.ts'

/** A resolver asks two servers, two times; who waits longer has none that answers. */
const resolveDeadlineMs = 3_000
/** Connection and handshake: as long as people wait for a line of a table. */
const connectDeadlineMs = 5_000
const answerDeadlineMs = 3_000

export interface Probe {
  /** None where the name was not resolved. */
  readonly addresses: readonly string[]
  readonly resolveFault: string | null
  /** Why there was no handshake. */
  readonly connectFault: string | null
  readonly evidence: LinkEvidence | null
  /** Its clock less ours; null where it did not say. To a second. */
  readonly timeDifferenceMs: number | null
}

export interface ProbeOptions {
  /** Our certificate and the authorities of links. */
  readonly context: SecureContext
  /** A domain of the topology, which it answers for. */
  readonly domain: string
  readonly resolve?: (host: string) => Promise<readonly string[]>
  readonly resolveDeadlineMs?: number
}

export async function probeServer(server: TopologyServer, options: ProbeOptions): Promise<Probe> {
  const resolved = await resolveHost(server.linkHost, options)
  const nothing = { evidence: null, connectFault: null, timeDifferenceMs: null }
  if (!resolved.ok) return { ...nothing, addresses: [], resolveFault: resolved.fault }
  const shown = { addresses: resolved.addresses, resolveFault: null }
  const connected = await handshake(resolved.addresses[0]!, server, options.context)
  if (!connected.ok) return { ...nothing, ...shown, connectFault: connected.fault }
  const { socket } = connected
  const evidence = evidenceOf(socket)
  const timeDifferenceMs = await askTime(socket, options.domain)
  socket.destroy()
  return { ...shown, evidence, connectFault: null, timeDifferenceMs }
}

type Resolved = { readonly ok: true; readonly addresses: readonly string[] } | { readonly ok: false; fault: string }

async function resolveHost(host: string, options: ProbeOptions): Promise<Resolved> {
  if (isIP(host) !== 0) return { ok: true, addresses: [host] }
  const deadlineMs = options.resolveDeadlineMs ?? resolveDeadlineMs
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${deadlineMs / 1000} s`)), deadlineMs)
  try {
    const addresses = await Promise.race([(options.resolve ?? resolveBySystem)(host), late.promise])
    return addresses.length > 0 ? { ok: true, addresses } : { ok: false, fault: 'it has no address' }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { ok: false, fault: code === 'ENOTFOUND' ? 'there is no such name' : (code ?? message) }
  } finally {
    clearTimeout(timer)
  }
}

/** As the server will: /etc/hosts too. */
async function resolveBySystem(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

type Connected = { readonly ok: true; readonly socket: TLSSocket } | { readonly ok: false; readonly fault: string }

function handshake(address: string, { name, linkPort }: TopologyServer, context: SecureContext): Promise<Connected> {
  return new Promise((resolve) => {
    // Whether to believe it is asked afterwards: a refusal should say what it was that was shown.
    const options = {
      host: address,
      port: linkPort,
      secureContext: context,
      servername: name,
      rejectUnauthorized: false,
    }
    const socket = connect({ ...options, checkServerIdentity: () => undefined })
    const end = (result: Connected) => {
      clearTimeout(timer)
      if (!result.ok) socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(() => end({ ok: false, fault: 'no answer' }), connectDeadlineMs)
    socket.once('secureConnect', () => end({ ok: true, socket }))
    socket.on('error', (error: NodeJS.ErrnoException) => end({ ok: false, fault: connectFault(error) }))
    socket.once('close', () => end({ ok: false, fault: 'it closed the connection in the handshake' }))
  })
}

function connectFault({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'nobody listens there'
  if (code === 'ECONNRESET') return 'it closed the connection in the handshake'
  if (code === 'EPROTO' || code?.startsWith('ERR_SSL')) return 'it speaks no TLS 1.2 or 1.3 there'
  return code ?? message
}

function evidenceOf(socket: TLSSocket): LinkEvidence {
  const chain: Uint8Array[] = []
  let certificate = socket.getPeerX509Certificate()
  while (certificate && chain.length < 8) {
    chain.push(certificate.raw)
    const above: typeof certificate | undefined = certificate.issuerCertificate
    // A root is its own issuer.
    certificate = above && above.fingerprint256 !== certificate.fingerprint256 ? above : undefined
  }
  const distrust = socket.authorized ? null : String(socket.authorizationError ?? 'unverified')
  return { chain, isResumed: socket.isSessionReused(), distrust }
}

/** RFC 3261 §11.2, §20.17: any server answers OPTIONS, and ours says what time it is. */
function askTime(socket: TLSSocket, domain: string): Promise<number | null> {
  return new Promise((resolve) => {
    const askedAtMs = Date.now()
    const end = (difference: number | null) => {
      clearTimeout(timer)
      resolve(difference)
    }
    const timer = setTimeout(() => end(null), answerDeadlineMs)
    const framer = new StreamFramer({
      onMessage: (bytes) => end(differenceIn(bytes, askedAtMs, Date.now())),
      onKeepAlive: () => undefined,
      onFault: () => end(null),
    })
    socket.on('data', (chunk) => framer.push(chunk))
    socket.once('close', () => end(null))
    socket.write(optionsRequest(domain))
  })
}

/** Half of the way there and back is its own; a Date has whole seconds, so the middle of one is taken. */
function differenceIn(bytes: Buffer, askedAtMs: number, answeredAtMs: number): number | null {
  const { message } = parseMessage(bytes)
  const theirs = Date.parse(message?.first(HeaderId.date) ?? '')
  return Number.isNaN(theirs) ? null : theirs + 500 - Math.round((askedAtMs + answeredAtMs) / 2)
}

function optionsRequest(domain: string): Buffer {
  const id = randomBytes(8).toString('hex')
  return encodeRequest({
    method: 'OPTIONS',
    requestUri: `sip:${domain}`,
    headers: [
      ['Via', `SIP/2.0/TLS topology-check.invalid;branch=z9hG4bK${id}`],
      ['Max-Forwards', '70'],
      ['From', `<sip:topology-check@invalid>;tag=${id}`],
      ['To', `<sip:${domain}>`],
      ['Call-ID', id],
      ['CSeq', '1 OPTIONS'],
    ],
  })
}
