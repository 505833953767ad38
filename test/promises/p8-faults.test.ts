/**
 * P8: faults of the place where a server runs (`docs/faults.md`): it says what is wrong, goes on where it can, and
 * loses nothing.
 */
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { renewCertificate } from '../../src/certificates/index.ts'
import { environment, eventually, freeEndpoints, type ServerProcess, serverFolder } from '../support/server-process.ts'

const testMs = 180_000
const yearMs = 365 * 86_400_000
const launcher = join(import.meta.dirname, '../../bin/meridian')

function preloaded(module: string): string {
  return `--import=${pathToFileURL(join(import.meta.dirname, '../support', module)).href}`
}

async function talks(server: ServerProcess, text: string): Promise<void> {
  const alice = await server.connect('alice')
  const bob = await server.connect('bob')
  expect([await alice.register(), await bob.register()]).toEqual([200, 200])
  expect(await alice.message('bob', text)).toBe(200)
  alice.end()
  bob.end()
  await Promise.all([alice.closed, bob.closed])
}

describe('a log disk that is full', () => {
  const { serve } = serverFolder(['sh', '-c', `exec ${launcher} "$@" 2>/dev/full`, 'sh'])

  it('the server serves, and stops in order', { timeout: testMs }, async () => {
    const server = await serve()
    await talks(server, 'hello')
    // Something to log.
    const stranger = connect(server.ports.get('tcp')!, '127.0.0.1')
    stranger.end('no SIP at all\r\n\r\n').resume()
    await once(stranger, 'close')
    await talks(server, 'hello again')
    expect((await server.get('/readyz')).status).toBe(200)
    server.program.signal('SIGTERM')
    expect(await server.program.exitCode()).toBe(0)
  })
})

describe('a clock that is wrong by a year at a start', () => {
  const { start, serve, cli } = serverFolder()
  const shiftedBy = (ms: number) => ({ NODE_OPTIONS: preloaded('shifted-clock.mjs'), SHIFT_MS: String(ms) })
  const stop = async ({ program }: ServerProcess) => {
    program.signal('SIGTERM')
    expect(await program.exitCode()).toBe(0)
  }

  it('ahead it serves; once right, somebody decides; nobody is lost', { timeout: testMs }, async () => {
    const ahead = await serve(['serve'], freeEndpoints, shiftedBy(yearMs))
    await talks(ahead, 'from next year')
    await stop(ahead)
    const refused = start(['serve'], environment(freeEndpoints))
    await refused.line(/the store was last written at .* more than a day ahead of this machine's clock/, 90_000)
    expect(await refused.exitCode()).toBe(78)
    expect(refused.said).toContain('meridian clock accept')
    await cli('clock', 'accept')
    const right = await serve()
    await talks(right, 'from now')
    await stop(right)
  })
})

describe('a certificate that has expired', () => {
  const { serve, folder } = serverFolder()

  it('while running: who is connected stays, who comes is told by TLS, a new one is taken', {
    timeout: testMs,
  }, async () => {
    const server = await serve()
    const alice = await server.connect('alice', 'tls')
    expect(await alice.register()).toBe(200)
    const folderOf = join(folder, 'data/certificates')
    const [certFile, keyFile] = ['server.crt', 'server.key'].map((name) => join(folderOf, name))
    const before = [readFileSync(certFile!), readFileSync(keyFile!)]
    const authority = {
      certificatePem: readFileSync(join(folderOf, 'authority.crt'), 'utf8'),
      keyPem: readFileSync(join(folderOf, 'authority.key'), 'utf8'),
    }
    const certificatePem = String(before[0])
    const ended = await renewCertificate({ authority, certificatePem, days: 10, nowMs: Date.now() - yearMs })
    writeFileSync(keyFile!, ended.keyPem)
    writeFileSync(certFile!, ended.certificatePem)
    await server.program.line(/certificates\.reloaded/, 60_000)
    await eventually('new connections are refused by their clients', async () => {
      const bob = await server.connect('bob', 'tls').catch((error: NodeJS.ErrnoException) => error.code ?? '')
      if (typeof bob === 'string') return bob === 'CERT_HAS_EXPIRED'
      bob.end()
      return false
    })
    expect(await alice.register()).toBe(200)
    writeFileSync(keyFile!, before[1]!)
    writeFileSync(certFile!, before[0]!)
    await eventually('the good one is shown', async () => {
      const bob = await server.connect('bob', 'tls').catch(() => null)
      bob?.end()
      return bob !== null
    })
    expect(await alice.register()).toBe(200)
    alice.end()
  })
})

describe('a configuration file without a read right', () => {
  const { start, folder } = serverFolder()

  it('is named, with the reason, and nothing starts', { timeout: testMs }, async () => {
    const file = join(folder, 'mine.yaml')
    writeFileSync(file, 'log:\n  level: warn\n')
    chmodSync(file, 0o000)
    // Root may read everything: then the program is somebody else, as it is as a service.
    const other = process.getuid?.() === 0 ? { NODE_OPTIONS: preloaded('nobody.mjs') } : {}
    const program = start(['config', 'check', '--config', file], other)
    program.endInput()
    expect(await program.exitCode(), program.said).toBe(78)
    expect(program.said).toContain(`${file}: cannot be read: EACCES`)
  })
})
