/**
 * Pairs of slices, one of each side, in the order ABBA: what drifts on the machine meets both alike.
 */
import { MeasuredServer } from '../harness/server.ts'
import type { GateMetric } from './metrics.ts'
import type { Side } from './sides.ts'

export class PairedServers {
  readonly #metric: GateMetric
  readonly #base: MeasuredServer
  readonly #head: MeasuredServer
  #pairs = 0

  /** Makes both data folders with their users, each with its own side's commands. */
  constructor(metric: GateMetric, { base, head }: { readonly base: Side; readonly head: Side }) {
    this.#metric = metric
    this.#base = prepared(metric, base)
    this.#head = prepared(metric, head)
  }

  /** ln(head / base). */
  async pair(): Promise<number> {
    const isBaseFirst = this.#pairs++ % 2 === 0
    const order = isBaseFirst ? [this.#base, this.#head] : [this.#head, this.#base]
    const micros = [await this.#slice(order[0]!), await this.#slice(order[1]!)]
    const [base, head] = isBaseFirst ? [micros[0]!, micros[1]!] : [micros[1]!, micros[0]!]
    return Math.log(head / base)
  }

  async remove(): Promise<void> {
    await this.#base.remove()
    await this.#head.remove()
  }

  async #slice(server: MeasuredServer): Promise<number> {
    server.restore()
    await server.start()
    try {
      return await this.#metric.slice(server)
    } finally {
      await server.stop('SIGKILL')
    }
  }
}

function prepared(metric: GateMetric, { checkout, nodeFlags = [] }: Side): MeasuredServer {
  const server = new MeasuredServer({ ...metric.server, checkout, nodeFlags })
  server.addUsers()
  server.keep()
  return server
}
