/** The memory budget of a worker (P4): counts buffers, sheds from 70 % on, cuts the largest from 85 % on. */
import { describe, expect, it } from 'vitest'
import { type BudgetMember, MemoryBudget } from '../../../src/transport/memory-budget.ts'

class Member implements BudgetMember {
  chargedBytes = 0
  cutBy: string | null = null

  cut(event: string): void {
    this.cutBy = event
  }
}

function budgetWith(count: number, baseBytes: number, bytesMax = 1_000) {
  const budget = new MemoryBudget(bytesMax)
  const members = Array.from({ length: count }, () => new Member())
  for (const member of members) budget.open(member, baseBytes)
  return { budget, members }
}

describe('MemoryBudget', () => {
  it('counts idle cost and buffers, and forgets both when a flow ends', () => {
    const { budget, members } = budgetWith(2, 100)
    budget.charge(members[0] as Member, 250)
    budget.charge(members[0] as Member, 50)
    expect(budget.usedBytes).toBe(250)
    budget.close(members[0] as Member)
    budget.close(members[0] as Member)
    expect([budget.usedBytes, budget.membersCount]).toEqual([100, 1])
  })

  it('ignores a flow that has ended', () => {
    const { budget, members } = budgetWith(1, 100)
    budget.close(members[0] as Member)
    budget.charge(members[0] as Member, 900)
    expect([budget.usedBytes, members[0]?.cutBy]).toEqual([0, null])
  })

  it('sheds from 70 % on', () => {
    const { budget } = budgetWith(6, 100)
    expect(budget.isShedding).toBe(false)
    budget.open(new Member(), 100)
    expect(budget.isShedding).toBe(true)
  })

  it('cuts the largest first, and no more than needed', () => {
    const { budget, members } = budgetWith(4, 50)
    const [small, middle, large, late] = members as [Member, Member, Member, Member]
    budget.charge(small, 100)
    budget.charge(middle, 200)
    budget.charge(large, 300)
    budget.charge(late, 50)
    expect(members.map(({ cutBy }) => cutBy)).toEqual([null, null, 'transport.memory-cut', null])
    expect(budget.usedBytes).toBe(500)
  })

  it('cuts nobody who holds nothing, however many there are', () => {
    const { budget, members } = budgetWith(20, 50)
    const [greedy] = members as [Member]
    budget.charge(greedy, 10)
    expect(members.filter(({ cutBy }) => cutBy !== null)).toEqual([greedy])
  })

  it('does not cut when a buffer shrinks', () => {
    const { budget, members } = budgetWith(2, 400)
    budget.charge(members[0] as Member, 40)
    budget.open(new Member(), 100)
    budget.charge(members[0] as Member, 30)
    expect(members[0]?.cutBy).toBeNull()
  })
})
