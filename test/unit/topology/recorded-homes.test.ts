/**
 * Whose home a user has, as this server's own records say it: they win over all advice until a higher epoch has spoken,
 * or the home that they name has said that it is wrong (promise P6).
 */
import { describe, expect, it } from 'vitest'
import type { Home, Homing } from '../../../src/ports/topology.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'
import { RecordedHomes } from '../../../src/topology/routing/recorded-homes.ts'
import { aorOf } from '../../support/server-world.ts'

const alice = aorOf('alice')
const other = aorOf('al')

function homes(advised: Home) {
  const forgotten: Aor[] = []
  const advice: Homing = {
    find: (_, onHome) => onHome(advised),
    peek: () => advised,
    forget: (aor) => void forgotten.push(aor),
  }
  return { recorded: new RecordedHomes(advice), forgotten }
}

function found(recorded: RecordedHomes, aor: Aor): Home {
  let home: Home = 'unsure'
  recorded.find(aor, (answer) => {
    home = answer
  })
  return home
}

describe('a record', () => {
  it('wins over advice, by each of the user’s names', () => {
    const { recorded } = homes({ server: 'advised' })
    expect([found(recorded, alice), recorded.peek(other)]).toEqual([{ server: 'advised' }, { server: 'advised' }])
    recorded.record([alice, other], 'two', 2)
    expect([found(recorded, alice), recorded.peek(other)]).toEqual([{ server: 'two' }, { server: 'two' }])
  })

  it('gives way to one with a higher epoch, and not to an older one', () => {
    const { recorded } = homes('nobody')
    recorded.record([alice], 'three', 3)
    recorded.record([alice], 'two', 2)
    expect(found(recorded, alice)).toEqual({ server: 'three' })
    recorded.record([alice], 'four', 4)
    expect(found(recorded, alice)).toEqual({ server: 'four' })
    const isOutdated = (server: string, epoch: number) => recorded.isOutdated(alice, { server, epoch })
    expect([isOutdated('three', 3), isOutdated('three', 4), isOutdated('four', 1)]).toEqual([true, false, false])
  })

  it('is not asked any more when its home has said that it is wrong, until there is a new one', () => {
    const { recorded, forgotten } = homes({ server: 'advised' })
    recorded.record([alice], 'two', 2)
    recorded.forget(alice)
    expect([found(recorded, alice), forgotten]).toEqual([{ server: 'advised' }, [alice]])
    recorded.record([alice], 'three', 3)
    expect(found(recorded, alice)).toEqual({ server: 'three' })
  })
})
