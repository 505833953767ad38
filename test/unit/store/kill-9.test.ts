/**
 * Promise P1 against kill -9: what the store thread acknowledged is there, whole and in order, after any number of
 * kills.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { keyParts, recordKey, storeFolder, wholeRange } from '../../../src/store/index.ts'
import { dataFolders, openDisk } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const script = fileURLToPath(new URL('../../support/store-processes/write-under-load.ts', import.meta.url))

/**
 * Lets the writer run until it has acknowledged some batches, kills it, and gives the newest acknowledged one per
 * worker.
 */
async function runAndKill(dataFolder: string, round: number, acknowledgedMin: number): Promise<Map<string, number>> {
  const child = spawn(process.execPath, [script, dataFolder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const acknowledged = new Map<string, number>()
  let count = 0
  let rest = ''
  child.stdout.on('data', (data: Buffer) => {
    const lines = (rest + data.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [worker = '', batch = ''] = line.split(' ')
      acknowledged.set(`sip:w${worker}-r${round}@example.test`, Number(batch))
      count++
    }
    if (count >= acknowledgedMin) child.kill('SIGKILL')
  })
  const [, signal] = await once(child, 'close')
  expect(signal).toBe('SIGKILL')
  return acknowledged
}

/** AOR → batch → how many of its records are there. */
async function presentBatches(dataFolder: string): Promise<Map<string, Map<number, number>>> {
  const present = new Map<string, Map<number, number>>()
  const disk = openDisk(storeFolder(dataFolder))
  for await (const { key } of disk.readRange({ ...wholeRange, from: 'sip:' })) {
    const { aor, parts } = keyParts(key.toString())
    const batches = present.get(aor) ?? new Map<number, number>()
    present.set(aor, batches.set(Number(parts[0]), (batches.get(Number(parts[0])) ?? 0) + 1))
  }
  await disk.close()
  return present
}

describe('kill -9 under load', () => {
  test('nothing acknowledged is lost, no batch is there in part, none before another (P1)', {
    timeout: 60_000,
  }, async () => {
    const dataFolder = newFolder()
    const acknowledged = new Map<string, number>()
    for (let round = 1; round <= 3; round++) {
      // Kills at different depths: in the first commits, and with many of them behind.
      const told = await runAndKill(dataFolder, round, [1, 200, 2000][round - 1]!)
      for (const [aor, batch] of told) acknowledged.set(aor, batch)
      const present = await presentBatches(dataFolder)
      for (const [aor, batch] of acknowledged) {
        const batches = present.get(aor) ?? new Map<number, number>()
        expect(Math.max(...batches.keys())).toBeGreaterThanOrEqual(batch)
        expect([...batches.values()].every((recordsCount) => recordsCount === 3)).toBe(true)
        // As many as the newest one's number: no gap below it.
        expect(batches.size).toBe(Math.max(...batches.keys()))
      }
    }
    const total = [...acknowledged.values()].reduce((sum, batch) => sum + batch, 0)
    expect(total).toBeGreaterThan(2000)
  })

  test('the verifier would see a lost record', async () => {
    const dataFolder = newFolder()
    const disk = openDisk(storeFolder(dataFolder))
    const put = (batch: number, part: string) => ({
      key: Buffer.from(recordKey('sip:w@example.test', 'test', String(batch), part)),
      value: Buffer.from('x'),
    })
    await disk.write([put(1, 'a'), put(1, 'b'), put(3, 'a')]).flushed
    await disk.close()
    const batches = (await presentBatches(dataFolder)).get('sip:w@example.test')
    expect([...(batches ?? [])]).toEqual([
      [1, 2],
      [3, 1],
    ])
  })
})
