/**
 * P8: an administrator records what users do on a running server, without names and texts, into a file that says when
 * it is whole; and is told what is wrong.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { type ServerProcess, serverFolder } from '../support/server-process.ts'

const { serve, start, folder } = serverFolder()
const testMs = 120_000
let server: ServerProcess

beforeAll(async () => {
  server = await serve()
}, testMs)

const cli = (...argv: readonly string[]) => start(argv).ended()

it('records a conversation', { timeout: testMs }, async () => {
  const file = join(folder, 'monday.jsonl')
  expect((await cli('traffic', 'record', file)).said).toContain(`recording to ${file}`)
  const again = await cli('traffic', 'record', join(folder, 'other.jsonl'))
  expect([again.code, again.said]).toEqual([1, expect.stringContaining('is being recorded already')])
  const alice = await server.connect('alice')
  const bob = await server.connect('bob')
  expect([await alice.register(), await bob.register()]).toEqual([200, 200])
  expect(await alice.message('bob', 'meet me at the lake')).toBe(200)
  alice.end()
  await alice.closed
  bob.end()
  const stopped = await cli('traffic', 'stop', '--json')
  expect(stopped.code).toBe(0)
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(lines[0]).toMatchObject({ schema: 'meridian-traffic/1' })
  const kinds = (lines.slice(1, -1) as unknown[][]).map((row) => row[1])
  // Rows of different workers may be out of order.
  expect(kinds.filter((kind) => kind !== 'flow-lost').sort()).toEqual(['message', 'sign-in', 'sign-in'])
  expect(lines.at(-1)).toEqual({ end: kinds.length })
  expect(readFileSync(file, 'utf8')).not.toMatch(/alice|bob|lake|127\.0/)
  expect(statSync(file).mode & 0o077).toBe(0)
})

it('says what is wrong', { timeout: testMs }, async () => {
  expect(await cli('traffic', 'stop')).toMatchObject({ code: 1, said: expect.stringContaining('nothing is being') })
  expect(await cli('traffic', 'record', join(folder, 'a'), '--hours', '0')).toMatchObject({ code: 64 })
  expect(await cli('traffic', 'record', join(folder, 'a'), '--hours', '999')).toMatchObject({ code: 64 })
  const missing = await cli('traffic', 'record', join(folder, 'none/a'))
  expect(missing).toMatchObject({ code: 1, said: expect.stringContaining('cannot be written') })
  expect(existsSync(join(folder, 'a'))).toBe(false)
  expect((await cli('traffic', 'status')).said).toContain('nothing is being recorded')
})
