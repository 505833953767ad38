/**
 * sipsak 0.9.8 signs in, asks with OPTIONS, and sends a message over UDP, TCP and TLS. It cannot take one: it is a tool
 * for single requests. Debian's build dies in its own `-M` before it sends anything, so the message comes from a file.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeClient } from './support/client-programs.ts'
import { Counterpart } from './support/counterpart.ts'
import { runToEnd } from './support/program.ts'
import { domain, type InteropServer, password, startMeridian } from './support/server.ts'

const transports = ['udp', 'tcp', 'tls'] as const
type Transport = (typeof transports)[number]

describeClient(['sipsak'], 'sipsak', () => {
  let server: InteropServer

  beforeAll(async () => {
    const senders = transports.map((transport) => `${transport}-sender`)
    server = await startMeridian({ users: [...senders, 'peer'] })
    // sipsak takes the session ticket of TLS 1.3 for the end of the connection, so its GnuTLS is kept to 1.2.
    writeFileSync(join(server.folder, 'gnutls'), '[overrides]\ndisabled-version = tls1.3\n')
  })
  afterAll(() => server?.stop())

  const sipsak = (transport: Transport, argv: readonly string[], secret = password) => {
    const where = ['-p', `${server.host}:${server.port(transport)}`, '-E', transport]
    const who = ['-u', `${transport}-sender`, '-a', secret, '-vvv', `--tls-ca-cert=${server.authorityFile}`]
    const env = { GNUTLS_SYSTEM_PRIORITY_FILE: join(server.folder, 'gnutls') }
    return runToEnd('sipsak', [...argv, ...where, ...who], { cwd: server.folder, env })
  }

  const signIn = (transport: Transport, secret = password) => {
    const contact = `sip:${transport}-sender@127.0.0.1:9`
    return sipsak(
      transport,
      ['-U', '-i', '-C', contact, '-x', '600', '-s', `sip:${transport}-sender@${domain}`],
      secret,
    )
  }

  for (const transport of transports) {
    const request = (method: string, to: string, body = ''): string => {
      const file = join(server.folder, `${transport}-${method}`)
      const lines = [
        `${method} ${to} SIP/2.0`,
        `From: <sip:${transport}-sender@${domain}>;tag=${transport}`,
        `To: <${to}>`,
        `Call-ID: ${transport}-${method}@127.0.0.1`,
        `CSeq: 1 ${method}`,
        'Max-Forwards: 70',
        'User-Agent: sipsak 0.9.8.1',
        ...(body === '' ? [] : ['Content-Type: text/plain;charset=UTF-8']),
        `Content-Length: ${Buffer.byteLength(body)}`,
      ]
      writeFileSync(file, `${lines.join('\n')}\n\n${body}`)
      return file
    }

    it(`${transport}: signs in`, async () => {
      const { code, output } = await signIn(transport)
      expect(output).toContain('All usrloc tests completed successful.')
      expect(code).toBe('0')
    })

    it(`${transport}: OPTIONS to the server tells what it can do`, async () => {
      const { code, output } = await sipsak(transport, [
        '-f',
        request('OPTIONS', `sip:${domain}`),
        '-s',
        `sip:${domain}`,
      ])
      expect(output).toMatch(/SIP\/2\.0 200 OK[\s\S]+Allow: .*MESSAGE/)
      expect(code).toBe('0')
    })

    it(`${transport}: sends a message with non-ASCII text`, async () => {
      const peer = await Counterpart.signIn(server, 'peer')
      const text = `Grüße von sipsak über ${transport}: 你好 🙂`
      const to = `sip:peer@${domain}`
      const { code, output } = await sipsak(transport, ['-f', request('MESSAGE', to, text), '-s', to])
      expect(output).toContain('SIP/2.0 200 OK')
      expect(code).toBe('0')
      await peer.hears(text)
      await peer.signOut()
    })

    it(`${transport}: a wrong password is refused`, async () => {
      const { code, output } = await signIn(transport, 'not the password')
      expect(output).toContain('SIP/2.0 401 Unauthorized')
      expect(code).not.toBe('0')
    })
  }
})
