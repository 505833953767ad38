/**
 * Planted: a NOTIFY is taken for answered as soon as it has left, so that the next one does not wait.
 */
import type { BusMessage } from '../../../src/ports/bus.ts'
import { type CorePorts, type CoreSettings, WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'
import { ChangedBus } from './changed-bus.ts'

class ImpatientCore extends WorkerCore {
  constructor(ports: CorePorts, settings: CoreSettings) {
    const answer = (message: BusMessage): false => {
      if (message.kind !== 'send') return false
      for (const { number } of message.requests) {
        const to = { ...message.from, number }
        const outcome: BusMessage = { kind: 'outcome', to, status: 200, response: null, deviceKey: '' }
        ports.timers.set(1, { onTimer: () => this.receive(outcome) }, 0)
      }
      return false
    }
    super({ ...ports, bus: new ChangedBus(ports.bus, (message) => answer(message)) }, settings)
  }
}

export const notifyNotWaitedFor: Mutant = {
  ...noMutant,
  name: 'notify-not-waited-for',
  caughtBy: 'in-flight',
  makeCore: (ports, settings) => new ImpatientCore(ports, settings),
}
