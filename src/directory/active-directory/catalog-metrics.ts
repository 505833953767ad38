/**
 * What is counted of each global catalog: answers and their time, faults by kind, and whether it is left alone now.
 */
import type { LdapFaultKind } from '../../ports/ldap.ts'
import type { Counter, Gauge, Histogram, Metrics } from '../../ports/metrics.ts'
import type { CatalogServer } from './catalog-choice.ts'

export interface CatalogMetricsPorts {
  readonly metrics: Metrics
}

const secondsBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
const kinds: readonly LdapFaultKind[] = ['refused', 'deadline', 'untrusted', 'gone']

/** A search as the service account, or the bind that checks somebody's password. */
export type QuestionKind = 'search' | 'bind'

interface Row {
  readonly seconds: Histogram
  readonly faults: ReadonlyMap<LdapFaultKind, Counter>
  readonly inUse: Gauge
  readonly questions: Readonly<Record<QuestionKind, Counter>>
}

export class CatalogMetrics {
  readonly #rows: ReadonlyMap<CatalogServer, Row>

  constructor({ metrics }: CatalogMetricsPorts, servers: readonly CatalogServer[]) {
    this.#rows = new Map(servers.map((server) => [server, rowOf(metrics, catalogName(server))]))
    for (const row of this.#rows.values()) row.inUse.set(1)
  }

  asked(server: CatalogServer, kind: QuestionKind): void {
    this.#rows.get(server)?.questions[kind].inc()
  }

  answered(server: CatalogServer, tookMs: number, isLeft: boolean): void {
    const row = this.#rows.get(server)
    row?.seconds.observe(tookMs / 1000)
    row?.inUse.set(isLeft ? 0 : 1)
  }

  failed(server: CatalogServer, kind: LdapFaultKind): void {
    const row = this.#rows.get(server)
    row?.faults.get(kind)?.inc()
    row?.inUse.set(0)
  }
}

/** `dc1.corp.example:3269`. */
export function catalogName({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function rowOf(metrics: Metrics, catalog: string): Row {
  const faultsHelp = 'Questions that a global catalog did not answer, by reason.'
  const fault = (kind: LdapFaultKind) =>
    [kind, metrics.counter('meridian_directory_faults_total', faultsHelp, { catalog, kind })] as const
  const questionsHelp = 'Searches and password checks that a global catalog was asked for.'
  const question = (kind: QuestionKind) =>
    metrics.counter('meridian_directory_questions_total', questionsHelp, { catalog, kind })
  return {
    questions: { search: question('search'), bind: question('bind') },
    seconds: metrics.histogram(
      'meridian_directory_answer_seconds',
      'Time of a question to a global catalog, connection and bind included where they were needed.',
      secondsBuckets,
      { catalog },
    ),
    faults: new Map(kinds.map(fault)),
    inUse: metrics.gauge('meridian_directory_catalog_in_use', '1 while the catalog is asked, 0 while it is left.', {
      catalog,
    }),
  }
}
