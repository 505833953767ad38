/**
 * Waiting in a run of presence until there is no complaint any more; what is left when patience ends is for the
 * checker to say that the complaint belongs to.
 */
import type { Surroundings } from '../world/world.ts'

const lookEveryMs = 2_000

export interface PatienceWorld extends Omit<Surroundings, 'network'> {
  runUntil(untilMs: number): Promise<void>
}

/** `between`: what is done at each look that found something. */
export async function waitUntilNone(
  world: PatienceWorld,
  of: { readonly checker: string; readonly patienceMs: number; readonly complaints: () => readonly string[] },
  between: () => void,
): Promise<void> {
  const { events, history } = world
  const untilMs = events.nowMs + of.patienceMs
  for (;;) {
    const complaints = of.complaints()
    if (complaints.length === 0) return
    if (events.nowMs >= untilMs) {
      for (const text of complaints) history.presence.overdue.push({ checker: of.checker, text, atMs: events.nowMs })
      return
    }
    between()
    await world.runUntil(events.nowMs + lookEveryMs)
  }
}
