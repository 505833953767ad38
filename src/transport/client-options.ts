/**
 * How a client connects, and what it asks of TLS. The connecting itself is `client.ts` and `web/ws-client.ts`.
 */
import { isIP } from 'node:net'
import type { ConnectionOptions, SecureContext } from 'node:tls'
import type { TransportName } from '../ports/flows.ts'
import { checkSipIdentity } from './sip-identity.ts'
import { tlsVersions } from './tls-context.ts'

/** Name, connection and handshake together. */
export const connectDeadlineMs = 10_000

export interface ClientTlsOptions {
  /** PEM of the authorities to trust; the system's where there is none. */
  readonly ca?: string | Buffer
  /** SNI, and the name that the certificate must carry; the host by default. */
  readonly servername?: string
  /** The SIP domain that the certificate must speak for (RFC 5922) instead of a host name. */
  readonly sipDomain?: string
  readonly certificatePem?: string | Buffer
  readonly keyPem?: string | Buffer
  /** From an earlier `onSession`: asks to resume. */
  readonly session?: Buffer
  readonly onSession?: (session: Buffer) => void
  /** One for many connections, made of the same `ca`: a context each costs a millisecond and 30 KB. */
  readonly secureContext?: SecureContext
  /** For tests and diagnosis; true by default. */
  readonly rejectUnauthorized?: boolean
}

export interface ConnectOptions {
  readonly transport: TransportName
  readonly host: string
  readonly port: number
  readonly localAddress?: string
  readonly tls?: ClientTlsOptions
  /** WebSocket: path and Origin. */
  readonly path?: string
  readonly origin?: string
  readonly deadlineMs?: number
  /** The answer to `sendPing`. */
  readonly onPong?: () => void
}

/** What TLS and WSS have in common. */
export function clientTlsOptions({ host, tls = {} }: ConnectOptions): ConnectionOptions {
  const { ca, certificatePem, keyPem, session, sipDomain, secureContext } = tls
  // SNI carries names only (RFC 6066 §3); an address is checked against the certificate all the same.
  const servername = tls.servername ?? sipDomain ?? (isIP(host) ? '' : host)
  return {
    ...tlsVersions,
    host,
    servername,
    rejectUnauthorized: tls.rejectUnauthorized ?? true,
    ...(ca === undefined ? {} : { ca }),
    ...(certificatePem === undefined ? {} : { cert: certificatePem }),
    ...(keyPem === undefined ? {} : { key: keyPem }),
    ...(session === undefined ? {} : { session }),
    ...(secureContext === undefined ? {} : { secureContext }),
    ...(sipDomain === undefined ? {} : { checkServerIdentity: (_host, shown) => checkSipIdentity(sipDomain, shown) }),
  }
}
