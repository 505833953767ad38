/**
 * The end of a run in virtual time: the faults end, what they have left is mended, everybody comes back, and then all
 * has to be told and delivered within its time.
 */
import { readPauseMsMax } from '../faults/slow-reader.ts'
import type { Fleet } from '../users/fleet.ts'
import type { Board } from '../verify/board.ts'
import { Findings } from '../verify/findings.ts'
import { mayStillCome, reconcile } from '../verify/reconcile.ts'
import { answersMs, convergenceMs, deliveredWithinMs } from '../verify/settling.ts'
import type { World } from '../world/world.ts'

export interface Settling {
  readonly fleet: Fleet
  readonly board: Board
  nowMs(): number
  /** Virtual time goes on by so much, and the users with it. */
  advance(forMs: number): Promise<void>
  /** Faults have struck by themselves: who lost a line is given the time to come back that RFC 5626 gives him. */
  readonly wasStruck: boolean
}

const lookEveryMs = 100
/** Who reads nothing sees the end of his line when he reads again. */
const noticedWithinMs = readPauseMsMax + 1_000
/** The longest pause of RFC 5626 §4.5 is half an hour; a refused request is repeated after minutes. */
const restoredWithinMs = 3_600_000

/** No fault strikes any more; broken lines are seen to be broken; the server runs. */
export function calm(world: World, workers: number): void {
  const { disk, weather, server, network, history, events } = world
  history.trace(events.nowMs, 'faults end')
  disk.recover()
  world.directory?.recover()
  weather.clear()
  weather.busMaxDelayMs = 0
  for (const worker of server.workers) worker.endAfterMessages = null
  for (const stream of network.streams) if (stream.silence !== 'none') stream.cut()
  if (!server.isUp) server.boot(workers)
}

/** `convergedMs`: how long it took until everybody saw the newest; null: longer than is allowed. */
export async function settle(of: Settling): Promise<{ convergedMs: number | null; findings: Findings }> {
  const { fleet, board, nowMs, wasStruck } = of
  // Broken lines are noticed in a while.
  if (wasStruck) await of.advance(noticedWithinMs)
  if (wasStruck) await waitFor(of, restoredWithinMs, () => fleet.unrestored.length === 0)
  const restoredMs = nowMs()
  const isConverged = await waitFor(of, convergenceMs, () => fleet.countUnconverged(false) === 0)
  const convergedMs = isConverged ? nowMs() - restoredMs : null
  const leftMs = Math.max(0, restoredMs + answersMs - nowMs())
  await waitFor(of, leftMs, () => fleet.underWay === 0)
  const isDelivered = () => (wasStruck ? missing(fleet, board).isClean : !mayComeLater(fleet, board))
  await waitFor(of, deliveredWithinMs, isDelivered)
  // Whom the server was too busy to let in may have come only now: what he shows is told in the same time.
  if (isConverged) await waitFor(of, convergenceMs, () => fleet.countUnconverged(false) === 0)
  fleet.countUnconverged(true)
  if (wasStruck) for (const words of fleet.unrestored) fleet.notRestored(words)
  const findings = missing(fleet, board)
  fleet.end()
  findings.add(fleet.findings.toRecord())
  return { convergedMs, findings }
}

/** Messages that did not come, or were never sent. */
function missing(fleet: Fleet, board: Board): Findings {
  const findings = new Findings()
  const different = board.usersWhoDiffer()
  if (different.length === 0) return findings
  reconcile(fleet.messages.report(new Set(different)), findings, (user) => board.isPresent(user))
  return findings
}

/** A server that was too busy keeps messages, and tries again. */
function mayComeLater(fleet: Fleet, board: Board): boolean {
  const different = board.usersWhoDiffer()
  if (different.length === 0) return false
  return mayStillCome(fleet.messages.report(new Set(different)), (user) => board.isPresent(user))
}

/** False: it did not come true in time. */
async function waitFor({ nowMs, advance }: Settling, withinMs: number, isSo: () => boolean): Promise<boolean> {
  const untilMs = nowMs() + withinMs
  while (!isSo()) {
    if (nowMs() >= untilMs) return false
    await advance(Math.min(lookEveryMs, untilMs - nowMs()))
  }
  return true
}
