/**
 * The TLS side of links on a listener: a certificate is asked for, and no session is ever resumed, because a resumed
 * one would skip the check of certificates. What a certificate must say is decided by who takes the link.
 */
import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import { createServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls'
import { linkProtocol } from './client-hello.ts'
import { contextOptions, type TlsCertificates } from './tls-context.ts'

/**
 * For both ends. TLS 1.2 then knows no tickets; in TLS 1.3 OpenSSL sends names of sessions instead, which nobody keeps
 * (`link-sockets.test.ts` tries to use them).
 */
export const withoutTickets = { secureOptions: constants.SSL_OP_NO_TICKET } as const

/** Believing an authority without its root is what naming it in the configuration means. */
export function linkAuthorityOptions(authorities: Buffer) {
  return { ca: authorities, allowPartialTrustChain: true } as const
}

export class LinkTerminator {
  readonly #server: TlsServer
  #certificates: TlsCertificates
  #authorities: Buffer

  constructor(
    certificates: TlsCertificates,
    links: { readonly authorities: Buffer; readonly isOnlyLinks?: boolean },
    onSecure: (socket: TLSSocket) => void,
  ) {
    this.#certificates = certificates
    this.#authorities = links.authorities
    this.#server = createServer({
      ...this.#contextOptions(),
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: [linkProtocol],
    })
    this.#server.on('secureConnection', (socket) => {
      // A handshake without any application protocol passes; on an address for links alone nobody else is wanted.
      if (links.isOnlyLinks && socket.alpnProtocol !== linkProtocol) socket.destroy()
      else onSecure(socket)
    })
    // As for clients: the handshake's own socket tells that it failed.
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy())
  }

  take(socket: Socket): void {
    this.#server.emit('connection', socket)
  }

  /** Throws, changing nothing, if the files cannot be read. */
  reload(certificates: TlsCertificates): void {
    const before = this.#certificates
    this.#certificates = certificates
    try {
      this.#server.setSecureContext(this.#contextOptions())
    } catch (error) {
      this.#certificates = before
      throw error
    }
  }

  setAuthorities(authorities: Buffer): void {
    this.#authorities = authorities
    this.#server.setSecureContext(this.#contextOptions())
  }

  #contextOptions(): TlsOptions {
    return {
      ...contextOptions(this.#certificates.certificate, this.#certificates),
      ...linkAuthorityOptions(this.#authorities),
      ...withoutTickets,
      sessionIdContext: 'meridian-link',
    }
  }
}
