/**
 * P8: `meridian doctor` says what is wrong with an installation, whether its server runs, hangs or is down, with
 * setting, reason and cure of each finding, and ends.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { Finding } from '../../src/doctor/index.ts'
import { environment, freeEndpoints, type ServerProcess, serverFolder } from '../support/server-process.ts'

const { serve, start, folder } = serverFolder()
const testMs = 120_000
const file = join(folder, 'meridian.yaml')
let server: ServerProcess

beforeAll(async () => {
  server = await serve()
}, testMs)

interface Examined {
  readonly code: number
  readonly said: string
  readonly bad: string[]
}

async function doctor(...argv: string[]): Promise<Examined> {
  const program = start(['doctor', '--json', ...argv], environment(freeEndpoints))
  program.endInput()
  const code = (await program.exitCode()) ?? -1
  const { findings } = (JSON.parse(program.said) as { result: { findings: readonly Finding[] } }).result
  for (const { check, setting, reason, cure, level } of findings) {
    expect([check, setting, reason].includes('')).toBe(false)
    expect(cure === '').toBe(level === 'right')
  }
  const bad = findings.filter(({ level }) => level !== 'right')
  // What the machine of the test has, or lacks, is its own business.
  const own = bad.filter(({ check }) => !['limits', 'clock', 'ports'].includes(check))
  return { code, said: program.said, bad: own.map(({ level, reason }) => `${level}: ${reason}`) }
}

it('beside a running server: that no backup was made, until there is one', { timeout: testMs }, async () => {
  const first = await doctor()
  expect(first.bad).toEqual(['warning: none was ever made of this store'])
  expect(first.code).toBe(2)
  const backup = start(['backup', join(folder, 'copy')])
  backup.endInput()
  expect(await backup.exitCode()).toBe(0)
  expect((await doctor()).bad).toEqual([])
  const people = start(['doctor', '--all'], environment(freeEndpoints))
  people.endInput()
  await people.exitCode()
  expect(people.said).toContain('server: server: runs, and is ready')
  expect(people.said).toMatch(/\d+ things looked at: 0 wrong/)
})

it('a server that hangs is a finding, and not a wait', { timeout: testMs }, async () => {
  const pid = server.serverPid!
  process.kill(pid, 'SIGSTOP')
  try {
    const { code, bad } = await doctor()
    expect(code).toBe(1)
    expect(bad.join()).toContain('does not answer: no answer in time')
  } finally {
    process.kill(pid, 'SIGCONT')
  }
})

it('without a server, and with what broke since', { timeout: testMs }, async () => {
  await server.program.stop()
  expect((await doctor()).bad).toEqual([])
  rmSync(join(folder, 'data/certificates/server.key'))
  writeFileSync(file, 'domain:\n  name: else.test\n')
  const { code, bad } = await doctor()
  expect(code).toBe(1)
  expect(bad).toContainEqual(expect.stringMatching(/^fault: does not name else.test/))
  expect(bad).toContainEqual(expect.stringMatching(/^fault: .*server.key cannot be read/))
})

it('a configuration with a mistake is the finding, with its place', { timeout: testMs }, async () => {
  writeFileSync(file, 'domain:\n  nmae: else.test\n')
  const { code, bad } = await doctor()
  expect(code).toBe(1)
  expect(bad).toEqual(['fault: meridian.yaml:2:3: domain.nmae: unknown key; did you mean name?'])
})
