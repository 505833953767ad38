/**
 * A recording read back and replayed: the same acts at the same times by the same users, in any number of slices; and
 * what is wrong with a file is said.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ReplayPopulation } from '../../../sim/live/replay-population.ts'
import { readRecording, UnreadableRecording } from '../../../sim/replay/recording.ts'
import { contactsOf, replayActions, replayScript } from '../../../sim/replay/replay-script.ts'
import type { DueAction } from '../../../sim/workload/action.ts'
import { defaultParameters } from '../../../sim/workload/parameters.ts'

const head = '{"schema":"meridian-traffic/1","startedAt":"2026-01-01T00:00:00.000Z","version":"0"}'
const rows = [
  [100, 'sign-in', 'aa', 1, '', 0],
  [200, 'message', 'bb', 2, 'aa', 40],
  [250, 'typing', 'aa', 1, 'bb', 90],
  [260, 'typing', 'aa', 1, 'bb', 90],
  [300, 'publish', 'aa', 1, '', 500],
  [400, 'flow-lost', 'aa', 1, '', 0],
  [900, 'sign-in', 'aa', 3, '', 0],
  [950, 'publish', 'aa', 3, '', 500],
  [960, 'sign-in', 'aa', 4, '', 0],
  [970, 'sign-out', 'aa', 4, '', 0],
  [980, 'flow-lost', 'bb', 2, '', 0],
]

function file(some: readonly unknown[] = rows, end: unknown = { end: some.length }): string {
  return `${[head, ...some.map((row) => JSON.stringify(row)), JSON.stringify(end)].join('\n')}\n`
}

function all(from: number, to: number): DueAction[] {
  const script = replayScript(replayActions(readRecording(file())), { from, to })
  const due: DueAction[] = []
  while (Number.isFinite(script.nextDueMs)) due.push(script.take())
  return due
}

describe('a replay', () => {
  it('does what was done, when it was done', () => {
    const told = all(0, 2).map(({ dueMs, action }) => {
      const { kind, ...rest } = action as { kind: string; user: number; device?: number; to?: number; forMs?: number }
      return [dueMs, kind, rest.user, rest.device ?? `to ${rest.to}`, rest.forMs ?? ''].join(' ').trim()
    })
    expect(told).toEqual([
      '0 sign-in 1 0',
      '100 sign-in 0 0',
      '200 message 1 to 0',
      '250 typing 0 to 1',
      '260 typing 0 to 1',
      '300 publish 0 0',
      '400 lose-flow 0 0 500',
      '950 publish 0 0',
      '960 sign-in 0 1',
      '970 sign-out 0 1',
      '980 sign-out 1 0',
    ])
  })

  it('is the same in slices, and knows who has to do with whom', () => {
    const slices = [...all(0, 1), ...all(1, 2)].sort((a, b) => a.dueMs - b.dueMs)
    expect(slices).toEqual(all(0, 2))
    expect(contactsOf(readRecording(file()))).toEqual([[1], [0]])
  })
})

describe('a recording', () => {
  it('is whole when its last line counts the rows', () => {
    expect(readRecording(file())).toMatchObject({ usersCount: 2, durationMs: 980, isCutShort: false })
  })

  it('that was cut short is taken as far as it goes', () => {
    const cut = file().slice(0, -30)
    const recording = readRecording(cut)
    expect(recording.isCutShort).toBe(true)
    expect(recording.acts.length).toBeGreaterThan(8)
    expect(readRecording(file(rows, { end: 99 })).isCutShort).toBe(true)
  })

  it.each([
    ['', 'line 1: not a recording'],
    ['{"schema":"other/1"}\n', 'line 1: not a recording'],
    [file([[1, 'fly', 'aa', 1, '', 0]]), 'line 2: expected'],
    [file([[-1, 'publish', 'aa', 1, '', 0]]), 'line 2: expected'],
    [`${file()}[1,"publish","aa",1,"",0]\n`, 'something follows the last row'],
  ])('%j is refused', (text, message) => {
    expect(() => readRecording(text)).toThrow(UnreadableRecording)
    expect(() => readRecording(text)).toThrow(message)
  })
})

describe('a population of a recording', () => {
  it('has its users, their devices and whom they had to do with', () => {
    const folder = mkdtempSync(join(tmpdir(), 'meridian-replay-'))
    try {
      const path = join(folder, 'day.jsonl')
      writeFileSync(path, file())
      const parameters = defaultParameters('2003')
      const population = new ReplayPopulation({ kind: 'replay', file: path, parameters, seed: 1 })
      expect([population.users, population.devicesOf(0), population.devicesOf(1)]).toEqual([2, 2, 1])
      expect([...population.contactsOf(0)]).toEqual([1])
      expect(population.script(0, 2).nextDueMs).toBe(0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
