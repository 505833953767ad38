/**
 * The directory fails in virtual runs: who is no account yet waits for it and comes in when it is back, and a server
 * that does not ask again is found out (CAPACITY H.5).
 */
import { describe, expect, it } from 'vitest'
import { directoryOutage } from '../../../sim/faults/directory-outage.ts'
import { type Mutant, noMutant } from '../../../sim/mutants/mutant.ts'
import { ChangedBus } from '../../../sim/presence/mutants/changed-bus.ts'
import { happeningsOf, runVirtual } from '../../../sim/virtual/run-virtual.ts'
import { EventQueue } from '../../../sim/world/event-queue.ts'
import { type DirectoryFinding, outageKinds, VirtualDirectory } from '../../../sim/world/virtual-directory.ts'
import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'
import { struck } from '../../support/virtual-runs.ts'

const timeout = 300_000
const secrets = { md5: 'a', sha256: 'b' }
const alice = 'sip:alice@example.test' as Aor

/** A run of which only the directory's outages are left. */
function withOutages(seed: number, mutant: Mutant = noMutant) {
  const choice = { ...struck(seed), mutant }
  const happenings = happeningsOf(choice)
  return { choice, happenings: { ...happenings, strikes: outagesOf(happenings.strikes) } }
}

const outagesOf = (strikes: ReturnType<typeof happeningsOf>['strikes']) =>
  strikes.filter(({ fault }) => fault === directoryOutage.name)

/** Its shards ask nobody. */
const neverAsks: Mutant = {
  ...noMutant,
  name: 'never-asks-the-directory',
  caughtBy: 'notConverged',
  makeCore(ports, settings) {
    const bus = new ChangedBus(ports.bus, ({ kind }) => kind === 'directory-ask')
    return new WorkerCore({ ...ports, bus }, settings)
  },
}

describe('virtual runs: the directory fails', () => {
  it('while users sign in for the first time; all come in when it is back', { timeout }, async () => {
    const { choice, happenings } = withOutages(2)
    const { correctness } = await runVirtual(choice, happenings)
    expect(happenings.strikes.length).toBeGreaterThan(1)
    expect(correctness.examples).toEqual([])
    expect(correctness.checked).toBeGreaterThan(100)
  })

  it('and a server that does not ask it is found out', { timeout }, async () => {
    const { choice, happenings } = withOutages(2, neverAsks)
    const { correctness } = await runVirtual(choice, happenings)
    expect(correctness.notConverged).toBeGreaterThan(0)
  })
})

describe('virtual runs: what a directory answers', () => {
  function asked(kind: (typeof outageKinds)[number] | null): { finding: DirectoryFinding; tookMs: number } {
    const events = new EventQueue()
    const directory = new VirtualDirectory(events)
    directory.add(alice, secrets)
    if (kind) directory.fail(kind, 60_000)
    let seen: { finding: DirectoryFinding; tookMs: number } | null = null
    directory.ask(alice, (finding) => {
      seen = { finding, tookMs: events.nowMs }
    })
    while (events.step(10_000));
    return seen!
  }

  it('finds its users soon', () => {
    expect(asked(null)).toMatchObject({ finding: { outcome: 'found', secrets }, tookMs: 5 })
  })

  it('is gone, silent, slow or wrong', () => {
    expect(outageKinds.map((kind) => asked(kind).finding.outcome)).toEqual(['unsure', 'unsure', 'found', 'nobody'])
    expect(asked('silent').tookMs).toBe(5_000)
    expect(asked('slow').tookMs).toBe(3_000)
  })

  it('is itself again after the outage, unless another has begun', () => {
    const events = new EventQueue()
    const directory = new VirtualDirectory(events)
    directory.add(alice, secrets)
    const outcomes: string[] = []
    const ask = () => directory.ask(alice, ({ outcome }) => outcomes.push(outcome))
    directory.fail('gone', 1_000)
    events.after(500, () => directory.fail('gone', 2_000))
    for (const atMs of [0, 1_500, 2_600]) events.after(atMs, ask)
    while (events.step(10_000));
    expect(outcomes).toEqual(['unsure', 'unsure', 'found'])
  })
})
