/**
 * Each kind of record says what becomes of it when its user gets another home, so that a new kind is not forgotten
 * (promise P1: nothing that was kept for a user is left behind).
 */
import { describe, expect, it } from 'vitest'
import { howMoved } from '../../../src/ports/records/how-moved.ts'
import { recordKinds } from '../../../src/ports/records/kinds.ts'
import { ServerWorld } from '../../support/server-world.ts'

describe('the table of what moves', () => {
  it('has a row for each kind of record, and for no other', () => {
    expect(Object.keys(howMoved).sort()).toEqual(recordKinds.map(({ name }) => name).sort())
  })

  it('moves all that the services of a shard keep under a user', async () => {
    const world = await ServerWorld.start({ users: [] })
    const kinds = world.cores[0]!.services.all.flatMap(({ records }) => records)
    const stay = kinds.filter((kind) => howMoved[kind] === 'stays')
    expect(stay.sort()).toEqual(['arrival', 'arriving', 'home', 'policy'])
  })
})
