/**
 * A server that makes a body for each watcher, planted between shard and edge: each NOTIFY gets a copy of its own. The
 * counter of bodies is one of the exact counters of the gate.
 */
import { ChangedBus } from '../../sim/presence/mutants/changed-bus.ts'
import type { BusMessage } from '../../src/ports/bus.ts'
import type { CorePorts } from '../../src/runtime/worker-core.ts'
import { comparedCounters } from '../gate/trials.ts'
import type { PlantedFault } from './planted-fault.ts'

class CopyingBus extends ChangedBus {
  override send(to: number, message: BusMessage): boolean {
    if (message.kind !== 'send') return super.send(to, message)
    const requests = message.requests.map((request) => ({ ...request, content: Uint8Array.from(request.content) }))
    return super.send(to, { ...message, requests })
  }
}

const copying = (ports: CorePorts): CorePorts => ({ ...ports, bus: new CopyingBus(ports.bus, () => false) })

export const bodyForEach: PlantedFault = {
  number: 16,
  plantedIn: 'server',
  fault: 'serialises a body for each watcher',
  seenAs: 'the counter of bodies made',
  check: 'exact counters (npm run bench -- --gate --only counters)',
  isQuick: true,
  async run() {
    const { planted, clean } = await comparedCounters({ ports: copying })
    return { seen: planted, clean }
  },
}
