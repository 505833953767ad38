/**
 * `meridian top`: figures from two scrapes, and what the command says on a server and without one.
 */
import { describe, expect, it } from 'vitest'
import { figuresBetween, readScrape } from '../../../src/admin/index.ts'
import { topText } from '../../../src/cli/top/text.ts'
import { MetricsRegistry, renderPrometheus } from '../../../src/runtime/index.ts'
import { adminWorlds } from '../../support/admin-world.ts'

function registry() {
  const metrics = new MetricsRegistry()
  const count = (what: string) => metrics.counter('meridian_refused_total', 'Refused.', { what })
  const latency = metrics.histogram('meridian_notify_latency_seconds', 'Seconds.', [0.01, 0.1, 1])
  const users = metrics.gauge('meridian_registered_users', 'Users.')
  return { count, latency, users, scrape: () => readScrape(renderPrometheus(metrics.snapshot())) }
}

describe('the figures', () => {
  it('are sums over series, rates over the time, and bounds of what happened in between', () => {
    const { count, latency, users, scrape } = registry()
    users.set(7)
    count('a').inc(100)
    latency.observe(5)
    const before = scrape()
    count('a').inc(10)
    count('b').inc(20)
    for (let times = 0; times < 98; times++) latency.observe(0.005)
    for (const seconds of [0.5, 0.5]) latency.observe(seconds)
    const figures = figuresBetween(before, scrape(), 2)
    expect(figures.now.users).toBe(7)
    expect(figures.perSecond.refused).toBe(15)
    expect(figures.latencySeconds['PUBLISH to NOTIFY']).toEqual({ p50: 0.01, p99: 1 })
    expect(figures.latencySeconds['store flush']).toEqual({ p50: null, p99: null })
    expect(topText(figures)).toMatch(/PUBLISH to NOTIFY +10 ms +1000 ms/)
  })

  it('what took longer than the last bound is said to', () => {
    const { latency, scrape } = registry()
    const before = scrape()
    latency.observe(60)
    expect(topText(figuresBetween(before, scrape(), 1))).toMatch(/PUBLISH to NOTIFY +longer +longer/)
  })
})

describe('the command', () => {
  const { running, stopped } = adminWorlds()

  it('shows one interval, as text and as JSON', async () => {
    const { run } = await running()
    const text = await run('top', '--once', '--seconds', '0.1')
    expect([text.code, text.out]).toEqual([0, expect.stringContaining('notifies waiting')])
    const { json } = await run('top', '--json', '--seconds', '0.1')
    expect(Object.keys(json.result)).toEqual(['now', 'perSecond', 'latencySeconds', 'waiting', 'workers'])
  })

  it('says that no server runs, and what a length of an interval is', async () => {
    const { run } = await stopped()
    expect(await run('top')).toMatchObject({ code: 1, err: expect.stringContaining('no server answers') })
    expect(await run('top', '--seconds', 'soon')).toMatchObject({ code: 64 })
  })
})
