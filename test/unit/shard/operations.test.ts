/**
 * Operations of the last 64·T1 (RFC 3261 §17.1.2.2): found while a correct client may repeat, forgotten after.
 */
import { describe, expect, test } from 'vitest'
import { Operations, operationKeptMs } from '../../../src/shard/index.ts'

const from = { worker: 0, incarnation: 1, half: 'edge', number: 1 } as const
const ok = { status: 200, reason: 'OK' }

describe('operations', () => {
  test('are new, running, done', () => {
    const operations = new Operations()
    expect(operations.find('a')).toEqual({ state: 'new' })
    operations.begin('a', from)
    expect(operations.find('a')).toEqual({ state: 'running' })
    operations.finish('a', ok, 0)
    expect(operations.find('a')).toEqual({ state: 'done', answer: ok })
    expect(operations.size).toBe(1)
  })

  test('are kept for 64·T1 whenever they ended, and forgotten soon after', () => {
    const operations = new Operations()
    for (let ms = 0; ms < 100_000; ms += 500) {
      operations.finish(`at ${ms}`, ok, ms)
      operations.sweep(ms)
      const first = Math.max(0, ms - operationKeptMs + 500)
      for (let kept = first - (first % 500); kept <= ms; kept += 500) {
        expect(operations.find(`at ${kept}`).state).toBe('done')
      }
      expect(operations.size).toBeLessThanOrEqual(1 + (operationKeptMs + 16_000) / 500)
    }
  })

  test('each is named once when it is forgotten, so that its record can go', () => {
    const operations = new Operations()
    const forgotten: string[] = []
    for (let ms = 0; ms < 200_000; ms += 1_000) {
      if (ms < 100_000) operations.finish(`at ${ms}`, ok, ms)
      forgotten.push(...operations.sweep(ms))
    }
    expect(forgotten).toEqual(Array.from({ length: 100 }, (_, index) => `at ${index * 1_000}`))
    expect(operations.size).toBe(0)
  })

  test('a flood makes the oldest forgotten early, and is bounded', () => {
    const operations = new Operations()
    for (let number = 0; number < 700_000; number++) {
      operations.finish(`number ${number}`, ok, 0)
      if (number % 10_000 === 0) operations.sweep(0)
    }
    operations.sweep(0)
    expect(operations.size).toBeLessThanOrEqual(500_000)
    expect(operations.find('number 699999').state).toBe('done')
    expect(operations.find('number 0').state).toBe('new')
  })

  test('an abandoned one is new again', () => {
    const operations = new Operations()
    operations.finish('a', ok, 0)
    operations.abandon('a')
    expect(operations.find('a').state).toBe('new')
  })
})
