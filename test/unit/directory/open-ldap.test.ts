/**
 * Connections to directory servers over real sockets: certificate and name are checked, and a server that is silent,
 * speaks garbage or ends is a fault within the deadline. The answers are bytes of RFC 4511.
 */
import { Buffer } from 'node:buffer'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLdap } from '../../../src/directory/ldap/open-ldap.ts'
import type { LdapSearch } from '../../../src/ports/ldap.ts'
import { createTestAuthority, type TestAuthority } from '../transport/test-certificates.ts'

let authority: TestAuthority
const servers: Server[] = []
const sockets = new Set<Socket>()
beforeAll(async () => {
  authority = await createTestAuthority()
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers) server.close()
})

/** What a server does with each chunk that it gets. */
type Acts = (socket: Socket, data: Buffer) => void

async function listening(server: Server): Promise<number> {
  servers.push(server)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function tlsServer(acts: Acts, ...names: string[]): Promise<number> {
  const { certificatePem, keyPem } = await authority.issue(...names)
  const server = createTlsServer({ cert: certificatePem, key: keyPem }, (socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => acts(socket, data))
  })
  server.on('tlsClientError', () => {})
  return listening(server)
}

/** LDAPMessage with a result of success: `tag` 0x61 answers a bind, 0x65 ends a search, 0x78 an extended request. */
function success(request: Buffer, tag: number): Buffer {
  return Buffer.from([0x30, 0x0c, 0x02, 0x01, request[4]!, tag, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00])
}

const options = (over: object = {}) =>
  ({ tls: 'ldaps', caPem: authority.caPem, connectMs: 10_000, answerMs: 10_000, ...over }) as const
const rootEntry: LdapSearch = { base: '', scope: 'base', filter: { present: 'objectClass' }, attributes: [] }

test('LDAPS: bind and search; nothing is asked after close', async () => {
  const port = await tlsServer((socket, data) => {
    socket.write(success(data, data[5] === 0x60 ? 0x61 : 0x65))
  }, '127.0.0.1')
  const connection = await openLdap({ host: '127.0.0.1', port }, options())
  await connection.bind('svc', 'word')
  await connection.search(rootEntry, (entries) => expect(entries).toEqual([]))
  connection.close()
  await expect(connection.bind('svc', 'word')).rejects.toMatchObject({ kind: 'gone' })
})

test('an authority that we do not know, and a certificate of another name, are not believed', async () => {
  const stranger = await createTestAuthority()
  const port = await tlsServer(() => {}, '127.0.0.1')
  const opened = openLdap({ host: '127.0.0.1', port }, options({ caPem: stranger.caPem }))
  await expect(opened).rejects.toMatchObject({ kind: 'untrusted' })
  const other = await tlsServer(() => {}, 'dc1.corp.example')
  await expect(openLdap({ host: '127.0.0.1', port: other }, options())).rejects.toMatchObject({ kind: 'untrusted' })
})

test('without an answer to the handshake it is given up in time', async () => {
  const port = await listening(createServer(() => {}))
  await expect(openLdap({ host: '127.0.0.1', port }, options({ connectMs: 200 }))).rejects.toMatchObject({
    kind: 'deadline',
  })
})

test.each([
  ['silent', 'deadline', () => {}],
  ['garbage', 'deadline', (socket: Socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(50))],
  [
    'an answer to another question',
    'deadline',
    (socket: Socket) => void socket.write(success(Buffer.alloc(9, 77), 0x65)),
  ],
  ['the end', 'gone', (socket: Socket) => void socket.destroy()],
] as [string, string, Acts][])('after the handshake, %s: %s', async (_, kind, acts) => {
  const port = await tlsServer(acts, '127.0.0.1')
  const connection = await openLdap({ host: '127.0.0.1', port }, options({ answerMs: 200 }))
  await expect(connection.search(rootEntry, () => {})).rejects.toMatchObject({ kind })
  expect(connection.isOpen).toBe(false)
})

test('an empty password is never sent (RFC 4513 §5.1.2)', async () => {
  let bytes = 0
  const port = await tlsServer((_, data) => {
    bytes += data.length
  }, '127.0.0.1')
  const connection = await openLdap({ host: '127.0.0.1', port }, options())
  await expect(connection.bind('alice', '')).rejects.toMatchObject({ kind: 'refused', code: 49 })
  expect(bytes).toBe(0)
  connection.close()
})

test('StartTLS that is refused, or answered by nothing, ends without a bind', async () => {
  const received: Buffer[] = []
  const refuses = createServer((socket) =>
    socket.on('data', (data) => {
      received.push(data)
      const refusal = success(data, 0x78)
      refusal[9] = 2
      socket.write(refusal)
    }),
  )
  const port = await listening(refuses)
  const opened = openLdap({ host: '127.0.0.1', port }, options({ tls: 'starttls' }))
  await expect(opened).rejects.toMatchObject({ kind: 'gone' })
  expect(Buffer.concat(received).includes('1.3.6.1.4.1.1466.20037')).toBe(true)
  const silent = await listening(createServer(() => {}))
  const waited = openLdap({ host: '127.0.0.1', port: silent }, options({ tls: 'starttls', connectMs: 200 }))
  await expect(waited).rejects.toMatchObject({ kind: expect.stringMatching(/gone|deadline/) })
})
