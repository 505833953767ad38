/**
 * P8 for the process that one command starts: it says what is wrong in words, has health and metrics, shows a renewed
 * certificate without ending a connection, lets go whom the administrator disables, and ends in order.
 */
import { randomBytes } from 'node:crypto'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { beforeAll, describe, expect, it } from 'vitest'
import { eventually, type ServerProcess, serverFolder } from '../support/server-process.ts'

const { serve, start, cli } = serverFolder()
const others = { samePort: serverFolder(), restarted: serverFolder() }
const testMs = 120_000
let server: ServerProcess

beforeAll(async () => {
  server = await serve()
}, testMs)

function tlsTo(of: ServerProcess, session?: Buffer): Promise<{ socket: TLSSocket; next: Promise<Buffer> }> {
  const options = { host: '127.0.0.1', port: of.ports.get('tls'), ca: of.authority, ...(session ? { session } : {}) }
  return new Promise((resolve, reject) => {
    const socket = connectTls(options)
    const next = new Promise<Buffer>((got) => socket.once('session', got))
    socket.once('secureConnect', () => resolve({ socket, next })).once('error', reject)
  })
}

describe('meridian serve', () => {
  it('P8: refuses a port that another server has, says which, and ends with 1', { timeout: testMs }, async () => {
    const port = server.ports.get('tcp') as number
    const second = others.samePort.start(['serve'], {
      MERIDIAN__LISTEN__ENDPOINTS: JSON.stringify([{ transport: 'tcp', host: '127.0.0.1', port }]),
    })
    expect(await second.exitCode()).toBe(1)
    expect(second.said).toContain(`tcp 127.0.0.1 port ${port} is taken by another program`)
  })

  it('P8: refuses a data folder that another server has, says who, and ends with 1', { timeout: testMs }, async () => {
    const endpoints = [{ transport: 'tcp', host: '127.0.0.1', port: 0 }]
    const second = start(['serve'], { MERIDIAN__LISTEN__ENDPOINTS: JSON.stringify(endpoints) })
    expect(await second.exitCode()).toBe(1)
    expect(second.said).toMatch(new RegExp(`pid ${server.serverPid} on .* has .* open; stop it first`))
    expect((await server.get('/readyz')).status).toBe(200)
  })

  it('P8: tells health and readiness, and metrics of all workers', { timeout: testMs }, async () => {
    expect(await server.get('/healthz')).toEqual({ status: 200, body: 'alive\n' })
    expect(await server.get('/readyz')).toEqual({ status: 200, body: 'ready\n' })
    expect(await server.get('/startupz')).toEqual({ status: 200, body: 'started\n' })
    const flows = await Promise.all([1, 2, 3, 4, 5, 6].map(() => server.connect('alice')))
    const { status, body } = await server.get('/metrics')
    expect(status).toBe(200)
    expect(body).toMatch(/^# TYPE meridian_requests_total counter$/m)
    // A worker that is late with accepting, or with its answer to main, is in the next one.
    const openFlows = async () => {
      const series = (await server.get('/metrics')).body.matchAll(/^meridian_flows\{worker="\d+"\} (\d+)$/gm)
      return [...series].reduce((sum, [, flows]) => sum + Number(flows), 0)
    }
    await expect.poll(openFlows, { timeout: 20_000 }).toBeGreaterThanOrEqual(6)
    for (const flow of flows) flow.end()
    expect((await server.get('/nothing')).status).toBe(404)
  })

  it('P8: `meridian user disable` ends a live connection within a second', { timeout: testMs }, async () => {
    const bob = await server.connect('bob')
    const alice = await server.connect('alice', 'tls')
    expect([await bob.register(), await alice.register()]).toEqual([200, 200])
    await cli('user', 'disable', 'bob')
    const sinceMs = performance.now()
    await bob.closed
    expect(performance.now() - sinceMs).toBeLessThan(1_000)
    expect(await alice.message('alice', 'still here')).toBe(200)
    const again = await server.connect('bob')
    expect(await again.register()).toBe(403)
    await cli('user', 'enable', 'bob')
    expect(await (await server.connect('bob')).register()).toBe(200)
  })

  it('P8: a renewed certificate is shown by all workers, and no connection ends for it', {
    timeout: testMs,
  }, async () => {
    const old = await server.connect('alice', 'tls')
    expect(await old.register()).toBe(200)
    const serialOf = async () => {
      const { socket } = await tlsTo(server)
      const { serialNumber } = socket.getPeerCertificate()
      socket.destroy()
      return serialNumber
    }
    const before = await serialOf()
    await cli('certs', 'renew', '--force')
    const shown = async () => Promise.all(Array.from({ length: 8 }, serialOf))
    await eventually('the new certificate', async () => (await shown()).every((serial) => serial !== before))
    expect(new Set(await shown()).size).toBe(1)
    expect(await old.message('alice', 'on the old connection')).toBe(200)
  })
})

describe('a server that is stopped and started again', () => {
  it('P8: TLS tickets are good at every worker and over a restart; SIGTERM answers what waits and ends with 0', {
    timeout: testMs,
  }, async () => {
    const first = await others.restarted.serve(['serve', '--unsupervised'])
    const { socket, next } = await tlsTo(first)
    const session = await next
    socket.destroy()
    const resumes = async (of: ServerProcess) => {
      const all = await Promise.all(Array.from({ length: 8 }, () => tlsTo(of, session)))
      const resumed = all.filter((each) => each.socket.isSessionReused()).length
      for (const each of all) each.socket.destroy()
      return resumed
    }
    expect(await resumes(first)).toBe(8)
    const [alice, bob] = [await first.connect('alice'), await first.connect('bob', 'tls')]
    expect([await alice.register(), await bob.register()]).toEqual([200, 200])
    bob.answers = false
    const text = randomBytes(4).toString('hex')
    const waiting = alice.message('bob', text)
    await eventually('the message is with its device', () => bob.requests.length > 0)
    const sinceMs = performance.now()
    first.program.signal('SIGTERM')
    expect(await waiting).toBe(202)
    expect(await first.program.exitCode()).toBe(0)
    expect(performance.now() - sinceMs).toBeLessThan(10_000)
    const second = await others.restarted.serve(['serve', '--unsupervised'])
    expect(await resumes(second)).toBe(8)
    const back = await second.connect('bob')
    expect(await back.register()).toBe(200)
    await eventually('what was answered 202 is there', () => back.requests.some(({ body }) => body.toString() === text))
    second.program.signal('SIGTERM')
    expect(await second.program.exitCode()).toBe(0)
  })
})
