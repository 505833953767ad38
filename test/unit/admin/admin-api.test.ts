/**
 * The admin API on its unix socket: for its owner only, one server a socket, errors as JSON, faults told to the log.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { AdminBackend } from '../../../src/admin/index.ts'
import { createAdminBackend, createAdminServer } from '../../../src/admin/index.ts'
import { connectAdmin } from '../../../src/cli/admin-client.ts'
import { createSecretBox, DirectAccounts } from '../../../src/directory/index.ts'
import { promptStore } from '../../support/admin-front-world.ts'
import { adminPorts } from '../../support/admin-ports.ts'
import { dataFolders, testNowMs } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function newSocket(): string {
  const folder = newFolder()
  mkdirSync(folder)
  return join(folder, 'admin.sock')
}

function memoryBackend(): AdminBackend {
  const entropy = { bytes: (count: number) => Buffer.alloc(count, 7), word: (count: number) => '07'.repeat(count) }
  const store = promptStore()
  const box = createSecretBox(Buffer.alloc(32), entropy)
  const now = () => testNowMs
  return createAdminBackend(adminPorts({ accounts: new DirectAccounts({ store, box, now }), now }))
}

async function serve(socketPath: string, handlers: AdminBackend = memoryBackend(), faults: unknown[] = []) {
  const started = await createAdminServer({ socketPath, handlers, onFault: (fault) => faults.push(fault) })
  if (started.ok) closers.push(() => started.server.close())
  return started
}

interface Answer {
  status: number
  headers: Record<string, unknown>
  text: string
}

function ask(socketPath: string, method: string, path: string, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, headers: { 'content-type': 'application/json' } }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

const firstPage = { after: '', limit: 10 }
const alice = { name: 'alice', displayName: 'A', aliases: [], groups: [], password: 'open sesame', disabled: false }

describe('the socket', () => {
  it('is for its owner only, and gone after the end', async () => {
    const socketPath = newSocket()
    const started = await serve(socketPath)
    expect(statSync(socketPath).mode & 0o777).toBe(0o600)
    if (started.ok) await started.server.close()
    expect(await connectAdmin(socketPath)).toBeNull()
  })

  it('is not taken from a server that answers', async () => {
    const socketPath = newSocket()
    await serve(socketPath)
    expect(await serve(socketPath)).toEqual({ ok: false, message: `another server answers on ${socketPath}` })
    expect(await connectAdmin(socketPath)).not.toBeNull()
  })

  it('of a server that was killed is replaced', async () => {
    const socketPath = newSocket()
    const die = "process.kill(process.pid, 'SIGKILL')"
    const listenAndDie = `require('net').createServer().listen(process.argv[1], () => ${die})`
    spawnSync(process.execPath, ['-e', listenAndDie, socketPath])
    expect(statSync(socketPath).isSocket()).toBe(true)
    expect(await serve(socketPath)).toMatchObject({ ok: true })
    expect(await connectAdmin(socketPath)).not.toBeNull()
  })

  it('with a path too long for the kernel is refused with what to do', async () => {
    const started = await serve(`/${'x'.repeat(107)}`)
    expect(started).toMatchObject({ ok: false, message: expect.stringContaining('set admin.socket') })
  })

  it('that is not there means that no server runs', async () => {
    expect(await connectAdmin('/no/such/admin.sock')).toBeNull()
  })
})

describe('the API', () => {
  it('does what the backend does', async () => {
    const socketPath = newSocket()
    await serve(socketPath)
    const client = (await connectAdmin(socketPath))!
    expect(await client.addUser(alice)).toMatchObject({ ok: true, value: { aor: 'sip:alice@example.test' } })
    expect(await client.addUser(alice)).toMatchObject({ ok: false, error: 'exists' })
    expect(await client.showUser('sip:alice@example.test')).toMatchObject({ ok: true, value: { displayName: 'A' } })
    expect(await client.showUser('bob')).toMatchObject({ ok: false, error: 'not-found' })
    expect(await client.listUsers({ search: 'ALI', disabled: false, group: '' }, firstPage)).toMatchObject({
      ok: true,
      value: { users: [{}], next: null, total: 1 },
    })
    expect(await client.listUsers({ search: '', disabled: true, group: '' }, firstPage)).toMatchObject({
      ok: true,
      value: { users: [], next: null },
    })
    expect(await client.health()).toEqual({ ok: true, value: { ready: true, checks: [] }, warnings: [] })
    expect(await client.metricsText()).toMatchObject({ ok: true, value: '# HELP a A.\n' })
  })

  it('imports more rows than one body may hold', async () => {
    const socketPath = newSocket()
    await serve(socketPath)
    const client = (await connectAdmin(socketPath))!
    const rows = Array.from({ length: 1_050 }, (_, index) => ({ ...alice, name: `u${index}` }))
    const result = await client.importUsers(rows)
    expect(result.ok && result.value.filter((row) => row.outcome === 'added')).toHaveLength(1_050)
  })

  it.each([
    ['GET', '/nothing', '', 404],
    ['PATCH', '/v1/users', '', 405],
    ['POST', '/v1/users', '{', 400],
    ['POST', '/v1/users', '', 400],
    ['POST', '/v1/users', '{"name":"a","password":"p","extra":1}', 400],
    ['GET', '/v1/users/%zz', '', 404],
    ['GET', '/v1/users/', '', 404],
    ['GET', '/v1/users/nobody', '', 404],
  ])('answers %s %s with %j as JSON: %d', async (method, path, body, status) => {
    const socketPath = newSocket()
    await serve(socketPath)
    const answer = await ask(socketPath, method, path, body)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text)).toMatchObject({ status, error: expect.any(String), detail: expect.any(String) })
  })

  it('names the methods that a path has', async () => {
    const socketPath = newSocket()
    await serve(socketPath)
    expect((await ask(socketPath, 'PUT', '/v1/users')).headers.allow).toBe('GET, POST')
  })

  it('never repeats a password in an error', async () => {
    const socketPath = newSocket()
    await serve(socketPath)
    const answer = await ask(socketPath, 'POST', '/v1/users', '{"name":"a","password":["open sesame"]}')
    expect([answer.status, answer.text]).toEqual([400, expect.not.stringContaining('sesame')])
  })

  it('refuses a body without end', async () => {
    const socketPath = newSocket()
    await serve(socketPath)
    const answer = await ask(socketPath, 'POST', '/v1/users', ' '.repeat(4 * 1024 * 1024 + 1))
    expect(answer.status).toBe(413)
  })

  it('survives a handler that throws, and tells only the log why', async () => {
    const socketPath = newSocket()
    const faults: unknown[] = []
    const broken = { ...memoryBackend(), health: () => Promise.reject(new Error('inner matters')) }
    await serve(socketPath, broken, faults)
    const answer = await ask(socketPath, 'GET', '/v1/health')
    expect([answer.status, answer.text]).toEqual([500, expect.not.stringContaining('inner')])
    expect(faults).toHaveLength(1)
    expect((await ask(socketPath, 'GET', '/v1/users')).status).toBe(200)
  })

  it('answers are read even when they are no JSON', async () => {
    const socketPath = newSocket()
    const other = createServer((_, response) => response.writeHead(500).end('no'))
    await new Promise<void>((resolve) => other.listen(socketPath, resolve))
    closers.push(() => new Promise((resolve) => other.close(() => resolve())))
    expect(await (await connectAdmin(socketPath))!.health()).toMatchObject({ ok: false, error: 'failed' })
  })
})

describe('the backend', () => {
  it('says that an act is done although the audit could not be written', async () => {
    const store = promptStore()
    const box = createSecretBox(Buffer.alloc(32), { bytes: (count) => Buffer.alloc(count), word: () => '' })
    const accounts = new DirectAccounts({ store, box, now: () => testNowMs })
    const audit = { append: () => Promise.reject(new Error('disk full')) }
    const backend = createAdminBackend(adminPorts({ accounts, audit }))
    const result = await backend.addUser(alice)
    expect(result).toMatchObject({ ok: true, warnings: [expect.stringContaining('disk full')] })
  })
})
