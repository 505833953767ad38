/**
 * What of the backend's ports is there only while a server runs: each part says so when it is asked.
 */
import { configNeedsServer } from '../backends/config-backend.ts'
import { devicesNeedServer } from '../backends/devices-backend.ts'
import { stateNeedsServer } from '../backends/state-backend.ts'
import { tracesNeedServer } from '../backends/trace-backend.ts'
import { trafficNeedsServer } from '../backends/traffic-backend.ts'
import type { AdminPorts } from '../ports.ts'
import { documentsNeedServer } from './documents-need-server.ts'
import { moveNeedsServer } from './move-needs-server.ts'
import { policyNeedsServer } from './policy-needs-server.ts'
import { presenceNeedsServer } from './presence-needs-server.ts'

export const withoutServer = {
  policy: policyNeedsServer,
  documents: documentsNeedServer,
  presence: presenceNeedsServer,
  homes: moveNeedsServer,
  traffic: trafficNeedsServer,
  traces: tracesNeedServer,
  devices: devicesNeedServer,
  config: configNeedsServer,
  state: stateNeedsServer,
} satisfies Partial<AdminPorts>
