/**
 * `node sim/cost/measure-loads.ts FOLDER`: short live runs, mostly of one kind of load each, from which
 * `meridian sim fit` takes what messages cost. A server of its own for each; a record that is there is not made again.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DrillPlan, drillPlan } from '../live/drill-population.ts'
import { drive } from '../live/drive.ts'

interface Load extends Partial<DrillPlan> {
  readonly name: string
}

const quiet = { messagesPerSecond: 0, publishesPerSecond: 0 } as const
const loads: readonly Load[] = [
  { name: 'idle', ...quiet, users: 50 },
  { name: 'messages-40', messagesPerSecond: 40, publishesPerSecond: 0, users: 60 },
  { name: 'messages-120', messagesPerSecond: 120, publishesPerSecond: 0, users: 120 },
  { name: 'messages-250', messagesPerSecond: 250, publishesPerSecond: 0, users: 200 },
  { name: 'sessions-20', messagesPerSecond: 20, publishesPerSecond: 0, sessions: true, users: 100 },
  { name: 'sessions-60', messagesPerSecond: 60, publishesPerSecond: 0, sessions: true, users: 200 },
  { name: 'publish-alone', messagesPerSecond: 0, publishesPerSecond: 60, contacts: 1, users: 150 },
  { name: 'publish-fast', messagesPerSecond: 0, publishesPerSecond: 150, contacts: 1, users: 300 },
  { name: 'fan-4', messagesPerSecond: 0, publishesPerSecond: 40, contacts: 4, users: 100 },
  { name: 'fan-16', messagesPerSecond: 0, publishesPerSecond: 20, contacts: 16, users: 100 },
  { name: 'fan-30', messagesPerSecond: 0, publishesPerSecond: 15, contacts: 30, users: 150 },
  { name: 'fan-8-single', messagesPerSecond: 0, publishesPerSecond: 30, contacts: 8, lists: false, users: 100 },
  { name: 'fan-20-single', messagesPerSecond: 0, publishesPerSecond: 12, contacts: 20, lists: false, users: 100 },
  { name: 'return-0', ...quiet, flowLossesPerSecond: 20, contacts: 1, users: 150 },
  { name: 'return-16', ...quiet, flowLossesPerSecond: 10, contacts: 16, users: 150 },
  { name: 'return-8-single', ...quiet, flowLossesPerSecond: 8, contacts: 8, lists: false, users: 100 },
  { name: 'return-fast', ...quiet, flowLossesPerSecond: 40, contacts: 4, users: 300 },
  { name: 'mixed-small', messagesPerSecond: 15, publishesPerSecond: 8, contacts: 8, users: 60 },
  { name: 'mixed-sessions', messagesPerSecond: 30, publishesPerSecond: 10, sessions: true, contacts: 10, users: 120 },
  { name: 'mixed-single', messagesPerSecond: 30, publishesPerSecond: 10, lists: false, contacts: 10, users: 100 },
  {
    name: 'mixed-returns',
    messagesPerSecond: 60,
    publishesPerSecond: 15,
    flowLossesPerSecond: 6,
    contacts: 8,
    users: 200,
  },
  { name: 'mixed-many', messagesPerSecond: 60, publishesPerSecond: 20, contacts: 6, users: 600 },
  { name: 'two-devices', messagesPerSecond: 40, publishesPerSecond: 15, devices: 2, contacts: 6, users: 120 },
  { name: 'idle-many', ...quiet, users: 800, contacts: 20 },
]

const signInPerSecond = 60
/** The load goes on for seven seconds before anything is read: code is compiled then. */
const settledMs = 9_000
const measureMs = 10_000

async function measure({ name, ...given }: Load, file: string): Promise<void> {
  const users = given.users ?? drillPlan.users
  const warmUpMs = (users / signInPerSecond) * 1_000 + settledMs
  const plan: DrillPlan = { ...drillPlan, ...given, users, signInPerSecond, workMs: settledMs + measureMs }
  const { kind, extraPackages, killAtMs, ...parameters } = plan
  const driven = await drive({
    plan,
    windows: { warmUpMs, measureMs },
    preset: name,
    quick: true,
    modelVersion: 0,
    parameters,
    plannedRates: [],
    seed: 1,
    speed: 1,
    threads: 1,
    resumption: 0,
    dialect: { watching: plan.lists ? 'list' : 'single', publishes: true, algorithm: null },
    transport: 'tcp',
    domain: 'example.test',
    prefix: 'u',
    target: null,
    own: { workers: null, cpus: null, configuration: '' },
    version: 'measured',
    say: () => {},
    onProgress: () => {},
    signal: new AbortController().signal,
  })
  if (!driven.ok) return console.error(`${name}: ${driven.message}`)
  writeFileSync(file, `${JSON.stringify(driven.record)}\n`)
  const { server, endedEarly } = driven.record
  const cpu = server ? ((server.cpuUserUs + server.cpuSystemUs) / measureMs / 10).toFixed(1) : '?'
  console.log(`${name}: ${cpu} % of a core${endedEarly === undefined ? '' : `, PARTIAL: ${endedEarly}`}`)
}

const folder = process.argv[2]
if (folder === undefined) {
  console.error('usage: node sim/cost/measure-loads.ts FOLDER')
  process.exit(64)
}
mkdirSync(folder, { recursive: true })
for (const load of loads) {
  const file = join(folder, `${load.name}.json`)
  if (!existsSync(file)) await measure(load, file)
}
