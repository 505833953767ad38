/**
 * P8: an administrator sees one user's messages live, over all workers, on the command line and over HTTPS, without
 * credentials, without bodies unless asked for, and not unseen.
 */
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { TracePart, TraceStep } from '../../src/admin/index.ts'
import { eventually, type ServerProcess, serverFolder } from '../support/server-process.ts'

const { serve, start, folder } = serverFolder()
const testMs = 120_000
let server: ServerProcess

beforeAll(async () => {
  server = await serve()
}, testMs)

const cli = (...argv: readonly string[]) => start(argv).ended()

function ask(method: string, path: string, token: string, body = ''): Promise<{ status: number; json: Answered }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const place = { host: '127.0.0.1', port: server.ports.get('web'), ca: server.authority, agent: false as const }
  return new Promise((resolve, reject) => {
    const asked = request({ ...place, method, path, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode!, json: JSON.parse(Buffer.concat(chunks).toString('utf8')) }),
      )
    })
    asked.on('error', reject).end(body)
  })
}

interface Answered {
  readonly value: TracePart & { readonly id: string }
  readonly error?: string
}

function audit(): readonly { event: string; subject: string; by: string }[] {
  const lines = readFileSync(join(folder, 'data/audit.jsonl'), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line)).filter(({ event }) => event.startsWith('trace.'))
}

function said({ side, direction, method, status }: TraceStep): string {
  const isRight = (side === 'device') === (direction === 'received')
  return `${side} ${isRight ? '→' : '←'} ${status || method}`
}

it('on the command line, as lines and as a ladder', { timeout: testMs }, async () => {
  const lines = start(['trace', 'alice', '--count', '8', '--lines'])
  const ladder = start(['trace', 'alice', '--count', '8'])
  lines.endInput()
  ladder.endInput()
  await eventually('both traces run', () => audit().length === 2)
  const alice = await server.connect('alice')
  const bob = await server.connect('bob')
  expect([await bob.register(), await alice.register()]).toEqual([200, 200])
  expect(await alice.message('bob', 'meet me at the lake')).toBe(200)
  expect([await lines.exitCode(), await ladder.exitCode()], lines.said).toEqual([0, 0])
  const steps = lines.said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceStep)
  expect(steps.map(said)).toEqual([
    'device → REGISTER',
    'device ← 401',
    'device → REGISTER',
    'device ← 200',
    'device → MESSAGE',
    'other → MESSAGE',
    'other ← 200',
    'device ← 200',
  ])
  const times = steps.map(({ atMs }) => atMs)
  expect(times).toEqual(times.toSorted((left, right) => left - right))
  expect(ladder.said).toMatch(/│─+ MESSAGE \d+ ─+►│ +│ tcp/)
  expect(ladder.said).toContain('8 messages, 0 missed; ended by count')
  expect(lines.said + ladder.said).not.toMatch(/lake|response=/)
  await eventually('the ends are written down', () => audit().length === 4)
  expect(audit().map(({ event, subject, by }) => [event, subject, by])).toEqual(
    ['began', 'began', 'ended', 'ended'].map((what) => [`trace.${what}`, 'sip:alice@example.test', 'the admin socket']),
  )
  alice.end()
  bob.end()
})

it('over HTTPS with the text, for an administrator', { timeout: testMs }, async () => {
  const tokenOf = async (role: string) => {
    const made = await cli('admin', 'token', 'create', '--role', role, '--name', role, '--json')
    return JSON.parse(made.said).result.token as string
  }
  const [operator, administrator] = [await tokenOf('operator'), await tokenOf('administrator')]
  const wanted = JSON.stringify({ user: 'alice', bodies: true })
  expect(await ask('POST', '/v1/traces', operator, wanted)).toMatchObject({ status: 403 })
  const begun = await ask('POST', '/v1/traces', administrator, wanted)
  expect(begun.status).toBe(200)
  const path = `/v1/traces/${begun.json.value.id}`
  const waiting = ask('GET', `${path}?waitMs=5000`, administrator)
  const alice = await server.connect('alice')
  expect(await alice.register()).toBe(200)
  expect(await alice.message('bob', 'meet me at the lake')).toBeGreaterThanOrEqual(200)
  const steps = [...(await waiting).json.value.steps]
  await eventually('the text is there', async () => {
    const { value } = (await ask('GET', `${path}?after=${steps.at(-1)?.number ?? 0}&waitMs=1000`, administrator)).json
    steps.push(...value.steps)
    return steps.some(({ text }) => text?.includes('meet me at the lake'))
  })
  expect(steps.map(({ text }) => text).join()).not.toMatch(/response="[0-9a-f]/)
  expect(await ask('GET', path, operator)).toMatchObject({ status: 403 })
  expect(await ask('GET', `${path}?waitMs=99999`, administrator)).toMatchObject({ status: 400 })
  expect(await ask('DELETE', path, administrator)).toMatchObject({ status: 200 })
  alice.end()
})

it('says that there is no such user', { timeout: testMs }, async () => {
  const { code, said } = await cli('trace', 'nobody-at-all')
  expect([code, said]).toEqual([1, expect.stringContaining('nobody-at-all')])
})
