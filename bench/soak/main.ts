/**
 * Does the server hold more and more? Clients come, talk or watch each other, sign out or just vanish, for as long as
 * asked; resident memory is sampled. Its rise over the second half must stay below a tenth.
 *
 *     npm run soak -- --minutes 30                 messages
 *     npm run soak -- --presence --minutes 60      changes of presence, subscriptions, sign-outs
 *
 * Expected on paper: what is kept for 64·T1 and the heap's own slack level off within two minutes; flat after that.
 */
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { median } from '../harness/figures.ts'
import { residentBytes } from '../harness/process-cost.ts'
import { MeasuredServer } from '../harness/server.ts'
import { messages } from './messages.ts'
import { presence } from './presence.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, presence: { type: 'boolean', default: false } },
})
const sampleMs = 5_000
const riseMax = 0.1

const scenario = values.presence ? presence() : messages()
const server = new MeasuredServer({ workers: 2, users: scenario.users, transports: ['tcp'], core: 'any' })
server.addUsers()
await server.start()
let isOver = false
const running = scenario.run(server.port('tcp'), () => isOver)
const samples: number[] = []
const endMs = performance.now() + Number(values.minutes) * 60_000
while (performance.now() < endMs) {
  await setTimeout(sampleMs)
  samples.push(residentBytes(server.pid) / 1e6)
  const done = JSON.stringify(scenario.done())
  console.error(`${samples.length * (sampleMs / 1000)} s: ${samples.at(-1)!.toFixed(0)} MB, ${done}`)
}
isOver = true
await running
await server.remove()
report()

function report(): void {
  const quarter = samples.length >> 2
  const before = median(samples.slice(2 * quarter, 3 * quarter))
  const after = median(samples.slice(3 * quarter))
  const rise = after / before - 1
  const figures = { minutes: Number(values.minutes), ...scenario.done(), beforeMb: before, afterMb: after, rise }
  console.log(JSON.stringify(figures))
  if (!(rise <= riseMax)) process.exitCode = 1
}
