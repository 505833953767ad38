/**
 * Does the server hold more and more? Clients come, talk or watch each other, sign out or just vanish, for as long as
 * asked. Live objects of all threads are read every five minutes, resident memory every five seconds; over the second
 * half the first may rise by a twentieth, the second by a tenth.
 *
 *     npm run soak -- --minutes 30                 messages
 *     npm run soak -- --presence --minutes 60      changes of presence, subscriptions, sign-outs
 *
 * Expected on paper: what is kept for 64·T1 and the heap's own slack level off within two minutes, subscriptions and
 * devices of who vanished after 25; flat after that.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { median } from '../harness/figures.ts'
import { freePort } from '../harness/free-port.ts'
import { LiveHeap } from '../harness/live-heap.ts'
import { residentBytes } from '../harness/process-cost.ts'
import { MeasuredServer } from '../harness/server.ts'
import { messages } from './messages.ts'
import { presence } from './presence.ts'

/** In MB. Pages of files are the program and the store's map: the kernel takes them back when it needs to. */
interface Sample {
  readonly anonymous: number
  readonly files: number
}

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, presence: { type: 'boolean', default: false } },
})
const sampleMs = 5_000
const samplesPerReading = 60
const residentRiseMax = 0.1
const liveRiseMax = 0.05

const scenario = values.presence ? presence() : messages()
const inspectorPort = await freePort()
const nodeFlags = [`--inspect=127.0.0.1:${inspectorPort}`]
const server = new MeasuredServer({ workers: 2, users: scenario.users, transports: ['tcp'], core: 'any', nodeFlags })
server.addUsers()
await server.start()
const heap = await LiveHeap.connect(inspectorPort)
let isOver = false
const running = scenario.run(server.port('tcp'), () => isOver)
const samples: Sample[] = []
/** MB of live objects with what they hold outside the heap. */
const live: number[] = []
const endMs = performance.now() + Number(values.minutes) * 60_000
while (performance.now() < endMs) {
  await setTimeout(sampleMs)
  const files = residentBytes(server.pid, 'RssFile')
  samples.push({ anonymous: (residentBytes(server.pid) - files) / 1e6, files: files / 1e6 })
  if (samples.length % samplesPerReading === 0) await readHeaps()
}
const storeMb = statSync(join(server.folder, 'data/store/data.mdb')).size / 1e6
isOver = true
await running
heap.close()
await server.remove()
report()

async function readHeaps(): Promise<void> {
  const { heapBytes, outsideBytes, threads } = await heap.read()
  live.push((heapBytes + outsideBytes) / 1e6)
  const { anonymous, files } = samples.at(-1)!
  const split = `heaps ${megabytes(heapBytes)}, beside them ${megabytes(outsideBytes)}, ${threads} threads`
  const done = JSON.stringify(scenario.done())
  const minutes = (samples.length * sampleMs) / 60_000
  const resident = `resident ${anonymous.toFixed(0)} MB, files ${files.toFixed(0)} MB`
  console.error(`${minutes} min: live ${live.at(-1)!.toFixed(1)} MB (${split}); ${resident}; ${done}`)
}

function report(): void {
  const resident = rise(samples.map(({ anonymous }) => anonymous))
  const needed = rise(live)
  const figures = { minutes: Number(values.minutes), ...scenario.done(), liveMb: needed, residentMb: resident, storeMb }
  console.log(JSON.stringify(figures))
  if (live.length < 4) console.error('too short to tell: at least 20 minutes are needed')
  if (live.length < 4 || needed.rise > liveRiseMax || resident.rise > residentRiseMax) process.exitCode = 1
}

/** Of the median of the last quarter against that of the third. */
function rise(values: readonly number[]): { before: number; after: number; rise: number } {
  const quarter = values.length >> 2
  const before = median(values.slice(2 * quarter, 3 * quarter))
  const after = median(values.slice(3 * quarter))
  return { before, after, rise: after / before - 1 }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
