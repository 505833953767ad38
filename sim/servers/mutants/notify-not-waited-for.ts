/**
 * Planted: a NOTIFY that has left for another server is taken for answered, so that the next one does not wait.
 */
import type { BusMessage } from '../../../src/ports/bus.ts'
import type { Timers } from '../../../src/ports/timers.ts'
import type { WorkerCore } from '../../../src/runtime/worker-core.ts'
import type { Routes } from '../../../src/topology/index.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'
import { coreWithRoutes } from './changed-routes.ts'

function impatient(routes: Routes, core: WorkerCore, timers: Timers): void {
  const send = routes.send.bind(routes)
  routes.send = (place: number, message: BusMessage) => {
    for (const { number } of message.kind === 'send' ? message.requests : []) {
      const to = { ...(message as BusMessage & { kind: 'send' }).from, number }
      const outcome: BusMessage = { kind: 'outcome', to, status: 200, response: null, deviceKey: '' }
      timers.set(1, { onTimer: () => core.receive(outcome) }, 0)
    }
    return send(place, message)
  }
}

export const notifyAcrossNotWaitedFor: Mutant = {
  ...noMutant,
  name: 'notify-across-not-waited-for',
  caughtBy: 'in-flight',
  makeCore: (ports, settings) => coreWithRoutes(ports, settings, { routes: impatient }),
}
