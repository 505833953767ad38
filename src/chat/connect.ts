/**
 * Connects a user agent to its server, and says in words why it could not. When to try again is the agent's.
 */
import type { TransportName } from '../ports/flows.ts'
import { encodeHostPort } from '../sip/uri/host.ts'
import { connectFlow, sendPing } from '../transport/index.ts'
import type { AgentFlowSink, ConnectFailure, Connector } from './agent/ports.ts'

export interface ServerPlace {
  readonly transport: TransportName
  readonly host: string
  readonly port: number
}

export interface ServerTrust {
  /** PEM of the authority to trust; null: the system's authorities. */
  readonly ca: string | null
  /** The certificate must speak for this SIP domain (RFC 5922 §7); null: for the host's name. */
  readonly sipDomain: string | null
}

export function serverConnector(place: ServerPlace, trust: ServerTrust): Connector {
  const { ca, sipDomain } = trust
  const tls = { ...(ca === null ? {} : { ca }), ...(sipDomain === null ? {} : { sipDomain }) }
  return {
    connect(sink: AgentFlowSink) {
      const onPong = () => sink.onPong()
      connectFlow({ ...place, tls, onPong }, sink).catch((error) => sink.onConnectFailed(connectFailure(error, place)))
    },
    ping: sendPing,
  }
}

export function placeText({ transport, host, port }: ServerPlace): string {
  return `${transport}:${encodeHostPort(host, port)}`
}

/** What Node says when a chain does not end at an authority that we trust. */
const untrusted = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
])

export function connectFailure(error: unknown, place: ServerPlace): ConnectFailure {
  const { code = '', message } = deepest(error)
  const { host, port } = place
  const where = `${host} port ${port}`
  const lasting = (words: string): ConnectFailure => ({ words, isLasting: true })
  const passing = (words: string): ConnectFailure => ({ words, isLasting: false })
  if (untrusted.has(code)) {
    return lasting(
      `the certificate of ${where} is not from an authority that you trust; name the server's authority with ` +
        '--ca <file> (the server keeps it in <data folder>/certificates/authority.crt)',
    )
  }
  switch (code) {
    case 'ECONNREFUSED':
      return passing(`nothing listens on ${where}; start the server with \`npm start\` (or \`meridian serve\`)`)
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return passing(`there is no host ${host}, or its name cannot be looked up`)
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return passing(`there is no way to ${host} from this machine`)
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return lasting(
        `the certificate of ${where} is out of date; \`meridian certs renew\` on the server makes a new one`,
      )
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return lasting(`the certificate of ${where} is for another name: ${message}`)
    default:
      return /^the certificate is for /.test(message) ? lasting(message) : passing(`${where}: ${message || code}`)
  }
}

/** A name with several addresses fails with one error for each; they differ in the address only. */
function deepest(error: unknown): { code?: string; message: string } {
  const first = error instanceof AggregateError ? error.errors[0] : error
  return first instanceof Error ? first : { message: String(first) }
}
