/**
 * `meridian sim --virtual`: what it prints and writes, how it ends, and what it refuses.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { run } from '../../../src/cli/sim/sim.ts'
import { silentIo } from '../../support/command-line.ts'

const timeout = 120_000
const small = { virtual: true, quick: true, users: '12', set: ['contacts=4'], warmUp: '5', measure: '20' }

function invoke(options: Readonly<Record<string, unknown>>, cwd = '.') {
  return run({ arguments: [], options, io: silentIo(cwd) })
}

it('one seed gives a summary, and its record as JSON', { timeout }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-virtual-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const outcome = await invoke({ ...small, out: 'run.json' }, folder)
  expect(outcome).toMatchObject({
    error: null,
    value: { driver: 'virtual', users: 12, windows: { measureMs: 20_000 } },
  })
  expect(outcome.text).toMatch(/lost 0 .*\n[\s\S]*commits +\d+.*\n +events +\d+ .* per second\n +hash +[0-9a-f]{16}/)
  expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))).toEqual(outcome.value)
})

it('many seeds are counted', { timeout }, async () => {
  const outcome = await invoke({ ...small, seeds: '2' })
  expect(outcome).toMatchObject({ exitCode: 0, value: { seeds: 2, failures: [] } })
})

it.each([
  [{ ...small, seed: '-1' }, '--seed: expected a whole number from 0'],
  [{ ...small, target: 'sip:127.0.0.1:5060' }, '--target belongs to live runs'],
  [{ ...small, replay: 'monday.jsonl' }, '--replay belongs to live runs'],
  [{ ...small, seeds: '2', explain: true }, '--out and --explain are of one seed'],
  [{ users: '12', faults: true }, '--faults belongs to --virtual'],
])('%j is refused: %s', async (options, message) => {
  const outcome = await invoke(options)
  expect(outcome.exitCode).toBe(64)
  expect(outcome.error).toContain(message)
})

it('an unknown profile is named, with those there are', async () => {
  const outcome = await invoke({ ...small, profile: 'no-such' })
  expect(outcome.exitCode).toBe(78)
  expect(outcome.error).toContain('no profile no-such; there are')
})
