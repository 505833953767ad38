/**
 * By which flows the devices of a user are reached: no record says it, so that it travels beside them.
 */
import type { Account } from '../ports/directory.ts'
import type { MovedFlow } from '../ports/move-bus.ts'
import type { Registrar } from '../registrar/index.ts'
import type { Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'

export class LiveFlows {
  readonly #registrar: Pick<Registrar, 'bindings' | 'onMessage'>

  constructor(registrar: Pick<Registrar, 'bindings' | 'onMessage'>) {
    this.#registrar = registrar
  }

  of(aor: Aor): readonly MovedFlow[] {
    return this.#registrar.bindings(aor).flatMap(({ flow, identity, namedMs }) => {
      return flow === null ? [] : [{ flow, bindings: [identity], atMs: namedMs }]
    })
  }

  /** These are live, as another home has said, or as was known before his records were read. */
  restore(unit: Unit, { aor, epoch }: Account, flows: readonly MovedFlow[]): void {
    for (const each of flows) this.#registrar.onMessage(unit, { kind: 'flow-alive', aor, epoch, ...each })
  }
}
