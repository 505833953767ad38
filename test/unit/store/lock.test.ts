/**
 * One owner of a data folder, with real processes: no race has two winners, and kill -9 leaves nothing that must be
 * judged.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { lockDataFolder } from '../../../src/store/index.ts'
import { dataFolders, testNowMs } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const script = fileURLToPath(new URL('../../support/store-processes/try-lock.ts', import.meta.url))
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** A process that is ready to lock the folder. */
async function contender(folder: string, name: string) {
  const child = spawn(process.execPath, [script, folder, name], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  await once(child.stdout, 'data')
  return {
    child,
    async lock(): Promise<string> {
      child.stdin.write('go\n')
      const [data] = await once(child.stdout, 'data')
      return String(data).trim()
    },
  }
}

/** How many of several processes that were all let go at once got the folder. */
async function winnersOf(folder: string, contendersCount: number): Promise<number> {
  const names = Array.from({ length: contendersCount }, (_, index) => `boot-${index}`)
  const contenders = await Promise.all(names.map((name) => contender(folder, name)))
  const answers = await Promise.all(contenders.map(({ lock }) => lock()))
  return answers.filter((answer) => answer.startsWith('won')).length
}

describe('data folder lock', () => {
  test('of several servers that start at once exactly one wins', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 3; round++) expect(await winnersOf(newFolder(), 3)).toBe(1)
  })

  test('the second owner is told pid and boot id of the first', async () => {
    const folder = newFolder()
    const first = await contender(folder, 'boot-of-the-first')
    expect(await first.lock()).toBe(`won ${first.child.pid}`)
    const second = lockDataFolder(folder, 'boot-of-the-second', testNowMs)
    const message = second.ok ? '' : second.fault.message
    expect(message).toContain(`pid ${first.child.pid} on `)
    expect(message).toContain('boot id boot-of-the-first')
    expect(message).toContain(folder)
  })

  test('kill -9 frees the folder, and contenders for it still have one winner', { timeout: 60_000 }, async () => {
    const folder = newFolder()
    const first = await contender(folder, 'first')
    await first.lock()
    expect(await winnersOf(folder, 3)).toBe(0)
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    expect(await winnersOf(folder, 3)).toBe(1)
  })

  test('the same process is no second owner either, until it has released the folder', () => {
    const folder = newFolder()
    const first = lockDataFolder(folder, 'a', testNowMs)
    expect(lockDataFolder(folder, 'b', testNowMs)).toMatchObject({ ok: false, fault: { event: 'store.locked' } })
    if (first.ok) first.value.release()
    const next = lockDataFolder(folder, 'c', testNowMs)
    expect(next.ok).toBe(true)
    if (next.ok) next.value.release()
  })
})
