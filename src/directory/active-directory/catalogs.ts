/**
 * Asks the global catalogs: connections that stay open and bound as the service account, and another catalog where one
 * does not answer. Each question has a deadline by its connection; there are at most as many tries as catalogs.
 */
import type { Clock } from '../../ports/clock.ts'
import { type LdapConnection, LdapFault, type OpenLdap } from '../../ports/ldap.ts'
import type { Log } from '../../ports/log.ts'
import { bindRefusal } from './bind-refusal.ts'
import { CatalogChoice, type CatalogServer, type CatalogState } from './catalog-choice.ts'
import { CatalogMetrics, type CatalogMetricsPorts, catalogName } from './catalog-metrics.ts'

export interface ServiceAccount {
  readonly name: string
  readonly password: string
}

export interface CatalogsPorts extends CatalogMetricsPorts {
  readonly clock: Clock
  readonly log: Log
  readonly open: OpenLdap
}

export interface CatalogsOptions {
  readonly servers: readonly CatalogServer[]
  readonly site: string
  readonly slowMs: number
  readonly account: ServiceAccount
}

/** Idle connections that are kept for each server: more are opened in a rush, and closed after it. */
const idleConnectionsMax = 4

/** Result codes that say something of the server and nothing of the question: busy, unavailable, and the like. */
const serverTroubles = new Set([1, 3, 8, 51, 52])

export class Catalogs {
  readonly #ports: CatalogsPorts
  readonly #account: ServiceAccount
  readonly #choice: CatalogChoice
  readonly #metrics: CatalogMetrics
  readonly #idle = new Map<CatalogServer, LdapConnection[]>()
  #ended = false

  constructor(ports: CatalogsPorts, { servers, site, slowMs, account }: CatalogsOptions) {
    this.#ports = ports
    this.#account = account
    this.#choice = new CatalogChoice(servers, { site, slowMs })
    this.#metrics = new CatalogMetrics(ports, servers)
  }

  states(): readonly CatalogState[] {
    return this.#choice.states()
  }

  /** As the service account. Rejects with the last `LdapFault` when no catalog answers, or a refusal at once. */
  ask<T>(question: (connection: LdapConnection) => Promise<T>): Promise<T> {
    return this.#eachInTurn(async (server) => {
      const connection = await this.#take(server)
      this.#metrics.asked(server, 'search')
      try {
        return await question(connection)
      } finally {
        this.#giveBack(server, connection)
      }
    })
  }

  /** By a connection of its own, not bound: for the check of a password, whose bind would change who asks. */
  askUnbound<T>(question: (connection: LdapConnection) => Promise<T>): Promise<T> {
    return this.#eachInTurn(async (server) => {
      const connection = await this.#ports.open(server)
      this.#metrics.asked(server, 'bind')
      try {
        return await question(connection)
      } finally {
        connection.close()
      }
    })
  }

  /** Asks those that were left and whose time is over whether they are well again; called every second or so. */
  async probe(): Promise<void> {
    const due = this.#choice.dueForProbe(this.#ports.clock.monotonicMs())
    await Promise.all(due.map((server) => this.#timed(server, () => this.#probeOne(server)).catch(() => {})))
  }

  end(): void {
    this.#ended = true
    for (const connections of this.#idle.values()) for (const connection of connections) connection.close()
    this.#idle.clear()
  }

  async #eachInTurn<T>(act: (server: CatalogServer) => Promise<T>): Promise<T> {
    let last: unknown = new LdapFault('gone', 'no global catalog is configured')
    for (const server of this.#choice.order()) {
      if (this.#ended) throw new LdapFault('gone', 'the directory is closed')
      try {
        return await this.#timed(server, () => act(server))
      } catch (error) {
        if (!isServerFault(error)) throw error
        last = error
      }
    }
    throw last
  }

  /** Tells choice, metrics and log what became of it. */
  async #timed<T>(server: CatalogServer, act: () => Promise<T>): Promise<T> {
    const { clock } = this.#ports
    const startMs = clock.monotonicMs()
    try {
      const answer = await act()
      this.#answered(server, clock.monotonicMs() - startMs)
      return answer
    } catch (error) {
      if (isServerFault(error)) this.#failed(server, error)
      else this.#answered(server, clock.monotonicMs() - startMs)
      throw error
    }
  }

  #answered(server: CatalogServer, tookMs: number): void {
    const wasLeft = this.#isLeft(server)
    this.#choice.answered(server, tookMs, this.#ports.clock.monotonicMs())
    const isLeft = this.#isLeft(server)
    this.#metrics.answered(server, tookMs, isLeft)
    const fields = { catalog: catalogName(server), tookMs: Math.round(tookMs) }
    if (wasLeft && !isLeft) this.#ports.log.write('info', 'directory.catalog-back', fields)
    if (!wasLeft && isLeft) this.#ports.log.write('warn', 'directory.catalog-slow', fields)
  }

  #failed(server: CatalogServer, error: LdapFault): void {
    const wasLeft = this.#isLeft(server)
    this.#choice.failed(server, `${error.kind}: ${error.message}`, this.#ports.clock.monotonicMs())
    this.#metrics.failed(server, error.kind)
    for (const connection of this.#idle.get(server) ?? []) connection.close()
    this.#idle.delete(server)
    if (wasLeft) return
    const fields = { catalog: catalogName(server), reason: error.kind, detail: error.message }
    this.#ports.log.write('warn', 'directory.catalog-left', fields)
  }

  #isLeft(server: CatalogServer): boolean {
    return this.#choice.states().some((state) => state.server === server && state.leftUntilMs !== null)
  }

  async #take(server: CatalogServer): Promise<LdapConnection> {
    const idle = this.#idle.get(server)
    for (let connection = idle?.pop(); connection; connection = idle?.pop()) if (connection.isOpen) return connection
    return this.#openBound(server)
  }

  async #openBound(server: CatalogServer): Promise<LdapConnection> {
    const connection = await this.#ports.open(server)
    try {
      await connection.bind(this.#account.name, this.#account.password)
      return connection
    } catch (error) {
      connection.close()
      throw serviceFault(error)
    }
  }

  #giveBack(server: CatalogServer, connection: LdapConnection): void {
    const idle = this.#idle.get(server) ?? []
    if (!connection.isOpen || this.#ended || idle.length >= idleConnectionsMax) return connection.close()
    idle.push(connection)
    this.#idle.set(server, idle)
  }

  /** A connection of its own: the old ones may be the trouble. */
  async #probeOne(server: CatalogServer): Promise<void> {
    const connection = await this.#openBound(server)
    try {
      const own = { base: '', scope: 'base', filter: { present: 'objectClass' }, attributes: ['dnsHostName'] } as const
      await connection.search(own, () => {})
    } finally {
      this.#giveBack(server, connection)
    }
  }
}

/** Whether another server could do better. */
function isServerFault(error: unknown): error is LdapFault {
  return error instanceof LdapFault && (error.kind !== 'refused' || serverTroubles.has(error.code ?? -1))
}

/** The service account itself is refused: that server is of no use, and the reason is for administrators. */
function serviceFault(error: unknown): unknown {
  if (!(error instanceof LdapFault) || error.code !== 49) return error
  return new LdapFault('gone', `the service account is refused: ${bindRefusal(error.message).words}`)
}
