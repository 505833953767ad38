/**
 * Readings of all accounts are shared by those who ask at once, and none misses what was written before it was asked
 * for.
 */
import { expect, it } from 'vitest'
import { SharedReading } from '../../../src/server/shared-reading.ts'

function rig() {
  const runs: PromiseWithResolvers<number>[] = []
  const shared = new SharedReading(() => {
    const run = Promise.withResolvers<number>()
    runs.push(run)
    return run.promise
  })
  return { runs, shared }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

it('whoever asks while one runs gets the next one, all of them the same', async () => {
  const { runs, shared } = rig()
  const first = shared.get()
  const later = [shared.get(), shared.get(), shared.get()]
  expect(runs).toHaveLength(1)
  runs[0]!.resolve(1)
  await settled()
  expect(runs).toHaveLength(2)
  const afterwards = shared.get()
  runs[1]!.resolve(2)
  await settled()
  expect(runs).toHaveLength(3)
  runs[2]!.resolve(3)
  expect(await Promise.all([first, ...later, afterwards])).toEqual([1, 2, 2, 2, 3])
})

it('one that fails fails for its own only', async () => {
  const { runs, shared } = rig()
  const first = shared.get()
  const second = shared.get()
  runs[0]!.reject(new Error('broken'))
  await expect(first).rejects.toThrow('broken')
  await settled()
  runs[1]!.resolve(2)
  expect(await second).toBe(2)
  const third = shared.get()
  runs[2]!.resolve(3)
  expect(await third).toBe(3)
})
