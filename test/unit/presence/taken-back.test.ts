/**
 * What was taken back is remembered until the store has that too (P1), and no longer: one user who publishes for years
 * leaves nothing behind, however few users there are.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { publicationKey } from '../../../src/ports/records/publication.ts'
import { TakenBack } from '../../../src/presence/publishing/taken-back.ts'
import { FlushGate } from '../../../src/shard/flush-gate.ts'
import { Unit } from '../../../src/shard/index.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'

class Rig {
  readonly #gate = new FlushGate(() => undefined)
  readonly taken = new TakenBack({ awaitsStore: (aor) => this.#gate.isWaiting(aor) })
  #filling = new Set<Aor>()
  #filled = 0
  readonly #unended: { readonly batch: number; readonly users: Set<Aor> }[] = []

  takeBack(aor: Aor, ids: readonly string[]): void {
    const unit = new Unit(0)
    for (const id of ids) {
      unit.write(aor, publicationKey(aor, id), null)
      this.taken.add(unit, aor, { id, expiresMs: 60_000, isConfirmed: true })
    }
    for (const apply of unit.changes) apply()
    this.#gate.pass(unit)
    this.#filling.add(aor)
  }

  endTick(): void {
    this.#filled++
    this.#gate.handedOver(this.#filled)
    this.#unended.push({ batch: this.#filled, users: this.#filling })
    this.#filling = new Set()
  }

  flush(): void {
    const ended = this.#unended.shift()
    if (ended) this.#gate.flushed(ended.batch, ended.users)
  }
}

const bob = 'bob@example.com' as Aor

describe('publications that were taken back', () => {
  it('are forgotten when their batch has ended, though only one user publishes', () => {
    const rig = new Rig()
    for (let round = 0; round < 1_000; round++) {
      rig.takeBack(bob, [`a${round}`, `b${round}`])
      rig.endTick()
      rig.flush()
    }
    expect(rig.taken.count).toBe(2)
    expect(rig.taken.take(bob).map(({ id }) => id)).toEqual(['a999', 'b999'])
  })

  it('are forgotten of many users too, by those who come after them', () => {
    const rig = new Rig()
    for (let round = 0; round < 1_000; round++) {
      rig.takeBack(`user${round}@example.com` as Aor, [`a${round}`])
      rig.endTick()
      rig.flush()
    }
    expect(rig.taken.count).toBeLessThanOrEqual(64)
  })

  it('are all known while their batch has not ended, whatever comes in between', () => {
    const step = fc.oneof(
      fc.record({ user: fc.nat(90), count: fc.integer({ min: 1, max: 3 }) }),
      fc.constantFrom('tick' as const, 'flush' as const),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const rig = new Rig()
        let batches: Map<Aor, string[]>[] = [new Map()]
        for (const [index, each] of steps.entries()) {
          if (each === 'tick') {
            rig.endTick()
            batches.push(new Map())
          } else if (each === 'flush') {
            rig.flush()
            // The last one is still being filled.
            if (batches.length > 1) batches = batches.slice(1)
          } else {
            const aor = `user${each.user}@example.com` as Aor
            const ids = Array.from({ length: each.count }, (_, number) => `${index}-${number}`)
            rig.takeBack(aor, ids)
            const filling = batches.at(-1)!
            filling.set(aor, [...(filling.get(aor) ?? []), ...ids])
          }
        }
        for (const aor of new Set(batches.flatMap((batch) => [...batch.keys()]))) {
          const known = rig.taken.take(aor).map(({ id }) => id)
          expect(known).toEqual(expect.arrayContaining(batches.flatMap((batch) => batch.get(aor) ?? [])))
        }
      }),
    )
  })
})
