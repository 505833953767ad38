/**
 * The kinds of fault of virtual runs alone do what their names say (CAPACITY H.5), and a run under them is clean: what
 * was acknowledged is not lost, whoever was cut off comes back.
 */
import { expect, it } from 'vitest'
import { virtualFaults } from '../../../sim/faults/virtual-faults.ts'
import { happeningsOf, runVirtual } from '../../../sim/virtual/run-virtual.ts'
import type { Strike } from '../../../sim/virtual/strikes.ts'
import { struck } from '../../support/virtual-runs.ts'

const timeout = 120_000

/** A kind, and what the trace says of it when it has struck. */
const kinds = [
  ['slow-reader', /reads nothing for \d+ ms/],
  ['garbage-bytes', /is closed at the device/],
  ['disk-full', /fault disk full/],
  ['unheard-commit', /fault server killed/],
] as const

it('each strikes by itself, is seen in the trace, and takes nothing away', { timeout }, async () => {
  for (const [fault, trace] of kinds) {
    expect(virtualFaults.map(({ name }) => name)).toContain(fault)
    const strikes: Strike[] = Array.from({ length: 8 }, (_, number) => ({
      fault,
      number,
      atMs: 12_000 + number * 4_000,
    }))
    const traced: string[] = []
    const choice = { ...struck(3), onTrace: (_: number, text: string) => void traced.push(text) }
    const { correctness } = await runVirtual(choice, { ...happeningsOf(choice), strikes })
    expect(traced.filter((text) => trace.test(text)).length, fault).toBeGreaterThan(2)
    expect(correctness.examples, fault).toEqual([])
    expect(correctness.checked).toBeGreaterThan(100)
  }
})
