/**
 * The end of a virtual run (CAPACITY D6): what everybody must see is judged when everybody had the time to see it, also
 * of those whom a busy server let in only while the last messages were awaited.
 */
import { expect, it } from 'vitest'
import { Board } from '../../../sim/verify/board.ts'
import { Findings } from '../../../sim/verify/findings.ts'
import { type Settling, settle } from '../../../sim/virtual/settle.ts'

/** Somebody comes at `comesMs`, and is seen `seenAfterMs` later; an answer is under way until 5 s. */
function settlingOf(comesMs: number, seenAfterMs: number): Settling {
  let nowMs = 0
  const findings = new Findings()
  const isUnseen = () => nowMs >= comesMs && nowMs < comesMs + seenAfterMs
  const fleet = {
    unrestored: [],
    findings,
    get underWay() {
      return nowMs < 5_000 ? 1 : 0
    },
    countUnconverged(isJudged: boolean) {
      if (isUnseen() && isJudged) findings.found('notConverged', 'u1 sees absent of u2')
      return isUnseen() ? 1 : 0
    },
    end: () => undefined,
  }
  const advance = async (forMs: number) => {
    nowMs += forMs
  }
  const rest = { board: new Board(2), nowMs: () => nowMs, advance, wasStruck: false }
  return { ...rest, fleet: fleet as unknown as Settling['fleet'] }
}

it('who comes back while answers are awaited is given time to be seen, and no more than everybody', async () => {
  const inTime = await settle(settlingOf(4_000, 20_000))
  expect([inTime.convergedMs, inTime.findings.toRecord().examples]).toEqual([0, []])
  const late = await settle(settlingOf(4_000, 60_000))
  expect(late.findings.toRecord().examples).toEqual(['notConverged: u1 sees absent of u2'])
})

it('who is not seen from the beginning is not given the time twice', async () => {
  const { convergedMs, findings } = await settle(settlingOf(0, 45_000))
  expect(convergedMs).toBeNull()
  expect(findings.toRecord().notConverged).toBe(1)
})
