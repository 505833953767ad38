/**
 * Prometheus' text format, as the server writes it, read back: what each family adds up to, and its histograms.
 */

export interface Scrape {
  /** The sum over all series of a family; 0 for one that is not there. */
  total(name: string): number
  /** Cumulative counts by upper bound, over all series, rising; empty for what is no histogram. */
  buckets(name: string): ReadonlyMap<number, number>
}

const line = /^(\w+)(?:\{([^}]*)\})? (\S+)$/

export function readScrape(text: string): Scrape {
  const totals = new Map<string, number>()
  const histograms = new Map<string, Map<number, number>>()
  for (const each of text.split('\n')) {
    const [, name = '', labels = '', value = ''] = line.exec(each) ?? []
    const bound = /(?:^|,)le="([^"]+)"/.exec(labels)?.[1]
    if (bound !== undefined && name.endsWith('_bucket')) {
      const family = name.slice(0, -'_bucket'.length)
      const counts = histograms.get(family) ?? new Map<number, number>()
      const at = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound)
      counts.set(at, (counts.get(at) ?? 0) + Number(value))
      histograms.set(family, counts)
    } else if (name !== '') totals.set(name, (totals.get(name) ?? 0) + Number(value))
  }
  return {
    total: (name) => totals.get(name) ?? 0,
    buckets: (name) => histograms.get(name) ?? new Map(),
  }
}

/** The share `quantile` of what was observed between two scrapes lies at or below this bound; null: nothing was. */
export function quantileBetween(before: Scrape, after: Scrape, name: string, quantile: number): number | null {
  const earlier = before.buckets(name)
  const counts = [...after.buckets(name)].map(([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)] as const)
  const all = Math.max(0, ...counts.map(([, count]) => count))
  if (all === 0) return null
  return counts.find(([, count]) => count >= all * quantile)?.[0] ?? null
}
