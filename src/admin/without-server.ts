/**
 * What of the backend's ports is there only while a server runs: each part says so when it is asked.
 */
import { configNeedsServer } from './config-backend.ts'
import { devicesNeedServer } from './devices-backend.ts'
import { documentsNeedServer } from './documents-need-server.ts'
import { moveNeedsServer } from './move-needs-server.ts'
import { policyNeedsServer } from './policy-needs-server.ts'
import type { AdminPorts } from './ports.ts'
import { presenceNeedsServer } from './presence-needs-server.ts'
import { stateNeedsServer } from './state-backend.ts'
import { trafficNeedsServer } from './traffic-backend.ts'

export const withoutServer = {
  policy: policyNeedsServer,
  documents: documentsNeedServer,
  presence: presenceNeedsServer,
  homes: moveNeedsServer,
  traffic: trafficNeedsServer,
  devices: devicesNeedServer,
  config: configNeedsServer,
  state: stateNeedsServer,
} satisfies Partial<AdminPorts>
