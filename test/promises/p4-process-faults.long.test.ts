/**
 * P4 and P1 for whole processes: a thread that hangs or dies, a machine that is paused, a supervisor or a server that
 * is killed. Each test has a server of its own, and they run at the same time, since most of their time is waiting.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, type ExpectStatic, it } from 'vitest'
import { eventually, isAlive, portsOf, type ServerProcess, serverFolder } from '../support/server-process.ts'

const faulty = [
  join(import.meta.dirname, '../../node_modules/.bin/node'),
  join(import.meta.dirname, '../support/server-processes/serve-faulty.ts'),
] as const
const testMs = 120_000

const folders = {
  hung: serverFolder(faulty),
  hungStore: serverFolder(faulty),
  faulted: serverFolder(faulty),
  supervised: serverFolder(),
  fullHeap: serverFolder(faulty),
}

describe.concurrent('a server whose thread misbehaves', () => {
  it('P4: ends when a worker hangs, and says in hung.log what that was doing', { timeout: testMs }, async ({
    expect,
  }) => {
    const { folder, serve } = folders.hung
    const server = await serve([])
    writeFileSync(join(folder, 'hang.1'), '')
    expect(await server.program.endedBy()).toBe('SIGKILL')
    const said = readFileSync(join(folder, 'data/hung.log'), 'utf8')
    expect(said).toMatch(/^\d{4}-\S+Z worker 1: MESSAGE sip:alice@example\.test\n$/)
  })

  it('P4: ends when the store thread hangs', { timeout: testMs }, async ({ expect }) => {
    const { folder, serve } = folders.hungStore
    const server = await serve([])
    writeFileSync(join(folder, 'hang.store'), '')
    expect(await server.program.endedBy()).toBe('SIGKILL')
    expect(readFileSync(join(folder, 'data/hung.log'), 'utf8')).toMatch(/^\S+Z store: /)
  })

  it('P4: outlives a pause of the machine, and a worker that throws outside a unit of work', {
    timeout: testMs,
  }, async ({ expect }) => {
    const { folder, serve } = folders.faulted
    const server = await serve([])
    const { program } = server
    await outlivePause(server, expect)
    writeFileSync(join(folder, 'throw.0'), '')
    await program.line(/"event":"runtime\.worker-died"/)
    await program.line(/"event":"runtime\.worker-restarts"/)
    await eventually('ready again', async () => (await server.get('/readyz').catch(() => null))?.status === 200)
    expect([isAlive(program.pid), existsSync(join(folder, 'data/hung.log'))]).toEqual([true, false])
    for (const transport of ['tcp', 'tls', 'wss'] as const) {
      const port = server.ports.get(transport === 'wss' ? 'web' : transport)
      const clients = await Promise.all([1, 2, 3].map(() => server.connect('alice', transport, port)))
      expect(await Promise.all(clients.map((client) => client.register())), transport).toEqual([200, 200, 200])
      for (const client of clients) client.end()
      await Promise.all(clients.map((client) => client.closed))
    }
    program.signal('SIGTERM')
    expect(await program.exitCode()).toBe(0)
  })
})

describe.concurrent('a supervised server', () => {
  it('P1: comes back after kill -9 with all that it answered for, and stops when its supervisor is killed', {
    timeout: testMs,
  }, async ({ expect }) => {
    const server = await folders.supervised.serve()
    const { program } = server
    const alice = await server.connect('alice')
    expect(await alice.register()).toBe(200)
    expect(await alice.message('bob', 'kept over a kill')).toBe(202)
    const killed = server.serverPid as number
    process.kill(killed, 'SIGKILL')
    await program.line(/"code":null,"signal":"SIGKILL",.*"event":"server\.died"/)
    const ports = await portsOf(program)
    const successor = server.serverPid as number
    expect([successor === killed, successor === program.pid]).toEqual([false, false])
    const bob = await server.connect('bob', 'tcp', ports.get('tcp'))
    expect(await bob.register()).toBe(200)
    await eventually('the message is delivered', () => bob.requests.length > 0)
    expect(bob.requests[0]?.body.toString()).toBe('kept over a kill')
    program.signal('SIGKILL')
    await eventually('the server has ended', () => !isAlive(successor))
    expect(server.serverPid).toBe(null)
  })
})

describe.concurrent('a server out of memory', () => {
  it('P1, P4: whatever V8 makes of a full heap, the server comes back with all that it answered for', {
    timeout: testMs,
  }, async ({ expect }) => {
    const { folder, serve } = folders.fullHeap
    const server = await serve(['--supervised'])
    const { program } = server
    const alice = await server.connect('alice')
    expect(await alice.register()).toBe(200)
    expect(await alice.message('bob', 'kept over a full heap')).toBe(202)
    const first = server.serverPid
    writeFileSync(join(folder, 'fill.0'), '')
    writeFileSync(join(folder, 'fill.1'), '')
    // V8 aborts the process, or ends the threads alone (ERR_WORKER_OUT_OF_MEMORY): a death of either circle is healed.
    await program.line(/"event":"(server\.died|runtime\.worker-died)"/)
    await eventually('it serves again', async () => {
      const ports = server.serverPid === first ? server.ports : await portsOf(program)
      const bob = await server.connect('bob', 'tcp', ports.get('tcp')).catch(() => null)
      if (bob === null || (await bob.register().catch(() => 0)) !== 200) return false
      await eventually('the message is delivered', () => bob.requests.length > 0)
      return bob.requests[0]?.body.toString() === 'kept over a full heap'
    })
    program.signal('SIGTERM')
    expect(await program.exitCode()).toBe(0)
  })
})

/**
 * Six seconds: longer than the silence after which the watchdog ends a process, and half a turn more for a late
 * verdict.
 */
async function outlivePause(server: ServerProcess, expect: ExpectStatic): Promise<void> {
  const alice = await server.connect('alice')
  expect(await alice.register()).toBe(200)
  server.program.signal('SIGSTOP')
  await setTimeout(6_000)
  server.program.signal('SIGCONT')
  expect(await alice.register()).toBe(200)
  await setTimeout(1_500)
  expect(await alice.message('alice', 'to myself')).toBe(200)
  expect(server.program.said).not.toContain('worker-restarts')
  alice.end()
}
