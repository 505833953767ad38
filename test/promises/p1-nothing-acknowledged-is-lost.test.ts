/**
 * P1: what was acknowledged is never lost. A short run of `npm run crash`: the real server, killed with SIGKILL.
 */
import { describe, expect, test } from 'vitest'
import { runCrash } from '../../bench/crash/crash.ts'
import { BindingLedger, MessageLedger } from '../../bench/crash/ledger.ts'

const noFaults = { lost: 0, resurrected: 0, misdelivered: 0, doubled: 0, disordered: 0 }

describe('P1: nothing that was acknowledged is lost', () => {
  test('over two kills -9 while 30 clients write', { timeout: 60_000 }, async () => {
    const lines: string[] = []
    const report = await runCrash({
      rounds: 2,
      awayPairs: 8,
      livePairs: 4,
      registrants: 6,
      lifeMs: [300, 900],
      say: (line) => lines.push(line),
    })
    expect(report.faults, lines.join('\n')).toEqual(noFaults)
    expect(report.acknowledged).toBeGreaterThan(20)
  })
})

describe('the verifier sees', () => {
  function ledger(): MessageLedger {
    const messages = new MessageLedger()
    for (const sequence of [1, 2]) {
      messages.sending(`7 6 ${sequence}`, 7)
      messages.promised(`7 6 ${sequence}`)
    }
    return messages
  }

  test('what is lost', () => {
    const messages = ledger()
    messages.came('7 6 1', 7, 2)
    expect(messages.isComplete(7)).toBe(false)
    messages.close()
    expect(messages.faults).toEqual({ ...noFaults, lost: 1 })
  })

  test('what goes to the wrong person, comes twice, or overtakes', () => {
    const messages = ledger()
    messages.came('7 6 2', 9, 2)
    messages.came('7 6 2', 7, 2)
    messages.came('7 6 1', 7, 2)
    messages.came('7 6 1', 7, 2)
    messages.close()
    expect(messages.faults).toEqual({ ...noFaults, misdelivered: 1, doubled: 1, disordered: 1 })
  })

  test('what comes again: excused by the kill before, not by an older one', () => {
    const messages = ledger()
    messages.came('7 6 1', 7, 1)
    messages.came('7 6 1', 7, 2)
    expect([messages.excepted, messages.faults.resurrected]).toEqual([1, 0])
    messages.came('7 6 1', 7, 3)
    expect([messages.excepted, messages.faults.resurrected]).toEqual([1, 1])
  })

  test('bindings that are gone, back, or somebody else’s; what was in doubt may be either', () => {
    const bindings = new BindingLedger()
    bindings.promised(1, 'a')
    bindings.fetched(1, [])
    bindings.promised(2, '')
    bindings.fetched(2, ['a'])
    bindings.promised(3, 'a')
    bindings.fetched(3, ['a', 'b'])
    bindings.promised(4, 'a')
    bindings.asking(4, 'b')
    bindings.fetched(4, ['b'])
    expect(bindings.faults).toEqual({ ...noFaults, lost: 1, resurrected: 1, doubled: 1 })
  })
})
