/**
 * Opens connections to directory servers: LDAPS, or StartTLS (RFC 4511 §4.14). There is no way without TLS, and the
 * certificate's chain and name are always checked.
 */
import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { Client } from 'ldapts'
import { LdapFault, type LdapServer, type LdapWriter } from '../../ports/ldap.ts'
import { LdaptsConnection } from './ldapts-connection.ts'

export interface LdapSecurity {
  readonly tls: 'ldaps' | 'starttls'
  /** PEM: the authorities whose certificates are believed; null for those of the system. */
  readonly caPem: string | null
}

export interface OpenLdapOptions extends LdapSecurity {
  /** For connection and handshake together. */
  readonly connectMs: number
  /** For each answer. */
  readonly answerMs: number
}

const startTlsOid = '1.3.6.1.4.1.1466.20037'

/** `LdapFault` of kind `untrusted` where the certificate is not believed, `deadline` or `gone` otherwise. */
export async function openLdap(server: LdapServer, options: OpenLdapOptions): Promise<LdapWriter> {
  const cut = new AbortController()
  const timer = setTimeout(() => cut.abort(), options.connectMs)
  const opened: Socket[] = []
  try {
    return new LdaptsConnection(await openSocket(server, options, { cut: cut.signal, opened }), options.answerMs)
  } catch (error) {
    for (const socket of opened) socket.destroy()
    throw cut.signal.aborted ? new LdapFault('deadline', `no TLS within ${options.connectMs} ms`) : openFault(error)
  } finally {
    clearTimeout(timer)
  }
}

interface Opening {
  readonly cut: AbortSignal
  /** All that must end when this comes to nothing. */
  readonly opened: Socket[]
}

async function openSocket(server: LdapServer, options: OpenLdapOptions, opening: Opening): Promise<Socket> {
  const plain = connect({ host: server.host, port: server.port, noDelay: true, keepAlive: true })
  opening.opened.push(plain)
  await happens(plain, 'connect', opening.cut)
  if (options.tls === 'starttls') await startTls(plain, options.answerMs, opening.cut)
  const secure = connectTls({ ...tlsOptions(server, options), socket: plain })
  opening.opened.push(secure)
  await happens(secure, 'secureConnect', opening.cut)
  return secure
}

function tlsOptions({ host }: LdapServer, { caPem }: LdapSecurity): ConnectionOptions {
  const ca = caPem === null ? {} : { ca: caPem }
  const isAddress = /^[\d.]+$|:/.test(host)
  // SNI takes names only; the check of the name or address against the certificate is node's, with `host`.
  return { ...ca, host, ...(isAddress ? {} : { servername: host }), minVersion: 'TLSv1.2', rejectUnauthorized: true }
}

/** By a client of its own, so that bytes sent before the handshake are forgotten with its parser. */
async function startTls(socket: Socket, answerMs: number, cut: AbortSignal): Promise<void> {
  const createConnection = (() => socket) as unknown as typeof connect
  const client = new Client({ url: 'ldap://given', timeout: answerMs, createConnection })
  const aborted = new Promise<never>((_, reject) => {
    cut.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
  })
  await Promise.race([client.exop(startTlsOid), aborted])
  for (const event of ['data', 'end', 'close', 'timeout', 'error']) socket.removeAllListeners(event)
}

function happens(socket: Socket, event: 'connect' | 'secureConnect', cut: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error) => {
      socket.removeListener('error', end)
      socket.removeListener('close', closed)
      // From here on an error of it is seen as its close.
      socket.on('error', () => {})
      if (error) reject(error)
      else resolve()
    }
    const closed = () => end(new Error('closed before it was ready'))
    socket.once('error', end)
    socket.once('close', closed)
    socket.once(event, () => end())
    cut.addEventListener('abort', () => end(new Error('aborted')), { once: true })
  })
}

function openFault(error: unknown): LdapFault {
  if (error instanceof LdapFault) return error
  const { message, code } = error as NodeJS.ErrnoException
  const isCertificate = /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_/.test(code ?? '')
  return new LdapFault(isCertificate ? 'untrusted' : 'gone', code ? `${message} (${code})` : String(message))
}
