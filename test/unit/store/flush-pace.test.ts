/**
 * A slower disk, emulated: one flush at a time, what is committed meanwhile shares the next, and nothing is told before
 * the real flush.
 */
import { describe, expect, it, vi } from 'vitest'
import { FlushPace, parseFlushTimes } from '../../../src/store/flush-pace.ts'
import type { WriteResult } from '../../../src/store/lmdb-disk.ts'
import { meridian } from '../../support/command-line.ts'

const ok: WriteResult = { ok: true }

describe('the times', () => {
  it.each([
    ['11.2,9.75', [11.2, 9.75]],
    [' 0 ', [0]],
    ['', null],
    ['1,,2', null],
    ['-1', null],
    ['1,x', null],
    ['99999', null],
  ])('are read from %j', (text, times) => expect(parseFlushTimes(text)).toEqual(times))

  it('that are none end `meridian serve` with 78 and what was expected', async () => {
    const env = { MERIDIAN_EMULATED_FLUSH_MS: 'slow' }
    const ran = await meridian(['serve', '--unsupervised'], { cwd: '/', env })
    expect([ran.code, ran.err]).toEqual([
      78,
      'meridian: MERIDIAN_EMULATED_FLUSH_MS: expected milliseconds, as in 11.2,9.75\n',
    ])
  })
})

describe('a paced flush', () => {
  it('shares the next one with all that came while one ran', async () => {
    vi.useFakeTimers()
    const pace = new FlushPace([10, 20])
    const done: string[] = []
    const flush = (name: string) => void pace.through(Promise.resolve(ok)).then(() => done.push(name))
    flush('first')
    await vi.advanceTimersByTimeAsync(5)
    flush('second')
    flush('third')
    await vi.advanceTimersByTimeAsync(4)
    expect(done).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(done).toEqual(['first'])
    await vi.advanceTimersByTimeAsync(19)
    expect(done).toEqual(['first'])
    await vi.advanceTimersByTimeAsync(1)
    expect(done).toEqual(['first', 'second', 'third'])
    vi.useRealTimers()
  })

  it('is never done before the real one, and a failed one is told at once', async () => {
    const pace = new FlushPace([0])
    const real = Promise.withResolvers<WriteResult>()
    let told: WriteResult | null = null
    void pace.through(real.promise).then((result) => {
      told = result
    })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(told).toBeNull()
    const failure: WriteResult = { ok: false, detail: 'gone' }
    real.resolve(failure)
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).toEqual(failure)
  })

  it('holds the mean of times below the step of a timer, without a timer for each', async () => {
    const pace = new FlushPace([0.25])
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const from = performance.now()
    for (let count = 0; count < 400; count++) await pace.through(Promise.resolve(ok))
    expect(performance.now() - from).toBeGreaterThanOrEqual(99)
    expect(timers.mock.calls.length).toBeLessThanOrEqual(100)
    timers.mockRestore()
  })
})
