/**
 * Does the server hold more and more? Clients come, talk, sign out or just vanish, for as long as asked; resident
 * memory is sampled. Its rise over the second half must stay below a tenth.
 *
 *     npm run soak -- --minutes 30
 *
 * Expected on paper: what is kept for 64·T1 and the heap's own slack level off within two minutes; flat after that.
 */
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Client } from '../harness/client.ts'
import { median } from '../harness/figures.ts'
import { residentBytes } from '../harness/process-cost.ts'
import { MeasuredServer } from '../harness/server.ts'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } })
const pairs = 50
const sampleMs = 5_000
const riseMax = 0.1

const server = new MeasuredServer({ workers: 2, users: 2 * pairs, transports: ['tcp'], core: 'any' })
server.addUsers()
await server.start()
let isOver = false
let answered = 0
const talking = Array.from({ length: pairs }, (_, pair) => talk(pair))
const samples: number[] = []
const endMs = performance.now() + Number(values.minutes) * 60_000
while (performance.now() < endMs) {
  await setTimeout(sampleMs)
  samples.push(residentBytes(server.pid) / 1e6)
  console.error(`${samples.length * (sampleMs / 1000)} s: ${samples.at(-1)!.toFixed(0)} MB, ${answered} messages`)
}
isOver = true
await Promise.all(talking)
await server.remove()
report()

/** Sign in, ten to fifty messages each way, then sign out, vanish, or stay for another round. */
async function talk(pair: number): Promise<void> {
  const ports = { port: server.port('tcp') }
  for (let round = 0; !isOver; round++) {
    const caller = await new Client({ ...ports, user: 2 * pair }).open()
    const callee = await new Client({ ...ports, user: 2 * pair + 1 }).open()
    await caller.signIn(`a${round}`)
    await callee.signIn('desk')
    for (let count = 10 + (round % 5) * 10; count > 0 && !isOver; count--) {
      const answer = await caller.message(callee.user, `round ${round}, ${count} to go`)
      if (answer && answer.statusCode < 300) answered++
    }
    if (round % 3 === 0 || round % 8 === 7) await callee.register('*', 0)
    if (round % 8 === 7) await caller.register('*', 0)
    if (round % 3 === 1) await caller.message(callee.user, 'the last one')
    caller.close()
    callee.close()
  }
}

function report(): void {
  const quarter = samples.length >> 2
  const before = median(samples.slice(2 * quarter, 3 * quarter))
  const after = median(samples.slice(3 * quarter))
  const rise = after / before - 1
  console.log(JSON.stringify({ minutes: Number(values.minutes), answered, beforeMb: before, afterMb: after, rise }))
  if (!(rise <= riseMax)) process.exitCode = 1
}
