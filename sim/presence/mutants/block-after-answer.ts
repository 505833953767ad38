/**
 * Planted: the watchers' shards confirm a block at once and apply it some seconds later.
 */
import type { BusMessage } from '../../../src/ports/bus.ts'
import { type CorePorts, type CoreSettings, WorkerCore } from '../../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

const lateMs = 8_000

class LateCore extends WorkerCore {
  readonly #ports: CorePorts

  constructor(ports: CorePorts, settings: CoreSettings) {
    super(ports, settings)
    this.#ports = ports
  }

  override receive(message: BusMessage): void {
    if (message.kind !== 'verdicts') return super.receive(message)
    const late = message.verdicts.filter(({ verdict }) => verdict !== 'allow')
    const inTime = message.verdicts.filter(({ verdict }) => verdict === 'allow')
    if (inTime.length > 0) super.receive({ ...message, verdicts: inTime })
    const { timers } = this.#ports
    if (late.length > 0) timers.set(lateMs, { onTimer: () => super.receive({ ...message, verdicts: late }) }, 0)
  }
}

export const blockAfterAnswer: Mutant = {
  ...noMutant,
  name: 'block-after-answer',
  caughtBy: 'unauthorised',
  makeCore: (ports, settings) => new LateCore(ports, settings),
}
