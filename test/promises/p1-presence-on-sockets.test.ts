/**
 * P1 for presence, seen from outside: real sockets, threads and disk. A watcher over TCP is told what a user publishes
 * over TLS, and after `kill -9` both go on with what they had.
 */
import { expect, it } from 'vitest'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { eventually, portsOf, serverFolder } from '../support/server-process.ts'
import type { SocketClient } from '../support/socket-client.ts'
import { noteOf, pidf } from '../support/watching.ts'

const folder = serverFolder()

const uri = 'sip:bob@example.test'

function notes(watcher: SocketClient): string[] {
  return watcher.requests.filter(({ method }) => method === 'NOTIFY').map((notify) => noteOf(notify) ?? '')
}

async function subscribe(watcher: SocketClient): Promise<number> {
  const contact = '<sip:alice@127.0.0.1:9;transport=tcp>'
  const headers = [['Event', 'presence'] as const, ['Contact', contact] as const]
  return (await watcher.ask('SUBSCRIBE', { uri, to: uri, headers })).statusCode
}

it('tells a watcher over TCP what a user publishes over TLS, before and after kill -9', {
  timeout: 120_000,
}, async () => {
  const server = await folder.serve()
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob', 'tls')]
  expect([await alice.register(), await bob.register()]).toEqual([200, 200])
  expect(await subscribe(alice)).toBe(200)
  await eventually('the first state', () => notes(alice).includes('open'))
  const publish = (client: SocketClient, note: string | null, headers: readonly (readonly [string, string])[]) =>
    client.ask('PUBLISH', {
      uri,
      to: uri,
      headers: [
        ['Event', 'presence'],
        ...(note === null ? [] : [['Content-Type', 'application/pidf+xml'] as const]),
        ...headers,
      ],
      ...(note !== null && { body: pidf('bob', note) }),
    })
  const published = await publish(bob, 'kept', [])
  expect(published.statusCode).toBe(200)
  await eventually('the publication', () => notes(alice).includes('kept'))

  process.kill(server.serverPid as number, 'SIGKILL')
  const ports = await portsOf(server.program)
  const back = await server.connect('bob', 'tls', ports.get('tls'))
  expect(await back.register()).toBe(200)
  const tag = published.first(HeaderId.sipEtag) ?? ''
  expect((await publish(back, null, [['SIP-If-Match', tag]])).statusCode).toBe(200)
  const watcher = await server.connect('alice', 'tcp', ports.get('tcp'))
  expect(await watcher.register()).toBe(200)
  expect(await subscribe(watcher)).toBe(200)
  await eventually('what was published before', () => notes(watcher).includes('kept'))
  server.program.signal('SIGTERM')
  expect(await server.program.exitCode()).toBe(0)
})
