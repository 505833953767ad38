/**
 * A core whose services or accounts are wrapped before it serves: the seam of the mutants that are no matter of the
 * store.
 */
import { type CorePorts, type CoreSettings, WorkerCore } from '../../src/runtime/worker-core.ts'
import { Authenticator } from '../../src/shard/authenticate.ts'
import type { Accounts, AuthenticatedRequest, Service } from '../../src/shard/service.ts'
import type { Unit } from '../../src/shard/unit.ts'

export interface CoreChange {
  /** What the service of this name gets in place of a request. */
  readonly service?: string
  request?(request: AuthenticatedRequest): AuthenticatedRequest
  /** What authentication is told of an account. */
  accounts?(accounts: Accounts): Accounts
}

export function makeChangedCore(ports: CorePorts, settings: CoreSettings, change: CoreChange): WorkerCore {
  const core = new WorkerCore(ports, settings)
  const accounts = change.accounts?.(core.services.accounts) ?? core.services.accounts
  const services = core.services.all.map((service) =>
    service.name === change.service ? wrap(service, change) : service,
  )
  const { homes } = core.services
  core.shard.serve(services, accounts, new Authenticator(accounts, ports, settings.authentication), homes)
  return core
}

/** Everything of the service but how it is handed its requests. */
function wrap(service: Service, change: CoreChange): Service {
  const onRequest = (unit: Unit, request: AuthenticatedRequest): void =>
    service.onRequest?.(unit, change.request?.(request) ?? request)
  return new Proxy(service, {
    get(target, key) {
      if (key === 'onRequest') return onRequest
      const value: unknown = Reflect.get(target, key)
      // Private fields belong to the service itself, not to what stands in front of it.
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
