/**
 * Runs of a few users against a real server through a proxy that misbehaves: a server for each, one clean run for
 * all of the same plan.
 */
import { drillOptions } from '../../sim/live/drill-options.ts'
import type { DrillPlan } from '../../sim/live/drill-population.ts'
import { drive, type GivenTarget } from '../../sim/live/drive.ts'
import { FaultyProxy, type Meddle } from '../../sim/live/faulty-proxy.ts'
import { OwnServer } from '../../sim/live/own-server.ts'
import type { RunRecord } from '../../sim/measure/run-record.ts'

const triesMax = 4

export class LiveBench {
  readonly #clean = new Map<string, Promise<RunRecord>>()

  /**
   * `meddling` makes one for each try: a run that a busy machine ended early is made again. Throws where none came to
   * its end, or it could not begin.
   */
  async record(meddling: () => Meddle, plan: Partial<DrillPlan> = {}): Promise<RunRecord> {
    let early = ''
    for (let tries = 0; tries < triesMax; tries++) {
      const record = await this.#once(meddling(), plan)
      if (record.endedEarly === undefined) return record
      early = record.endedEarly
    }
    throw new Error(early)
  }

  async #once(meddle: Meddle, plan: Partial<DrillPlan>): Promise<RunRecord> {
    const silent = { onLog: () => undefined, onDeath: () => undefined }
    const own = { domain: 'example.test', workers: null, cpus: null, configuration: '' }
    const server = new OwnServer({ transport: 'tcp', ...own, ...silent })
    try {
      await server.start()
      const proxy = new FaultyProxy(server.sipPort, meddle)
      try {
        const target = { host: '127.0.0.1', port: await proxy.listen(), transport: 'tcp' } as const
        const access = { ca: null, serverName: null, owned: null, pid: null, metricsUrl: null }
        return await driven({ target, ...access, accountsSocket: server.adminSocket }, plan)
      } finally {
        await proxy.close()
      }
    } finally {
      await server.remove()
    }
  }

  /** Of the same plan, once. */
  clean(plan: Partial<DrillPlan> = {}): Promise<RunRecord> {
    const key = JSON.stringify(plan)
    const known = this.#clean.get(key) ?? this.record(() => (message) => message.pass(), plan)
    this.#clean.set(key, known)
    known.catch(() => this.#clean.delete(key))
    return known
  }
}

async function driven(target: GivenTarget, plan: Partial<DrillPlan>): Promise<RunRecord> {
  const found = await drive(drillOptions({ plan, watching: 'single', target, version: 'selftest' }))
  if (!found.ok) throw new Error(found.message)
  return found.record
}
