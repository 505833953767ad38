/**
 * Kills a server with SIGKILL again and again while clients write, and looks for everything that it had acknowledged.
 *
 *     npm run crash -- --rounds 20
 *
 * Ends with 1 if anything was lost, came back, went to the wrong person, came twice or in the wrong order. Repetitions
 * of messages whose device's answer was lost with the server are the excepted case, and are counted apart.
 */
import { parseArgs } from 'node:util'
import { runCrash } from './crash.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } })
const report = await runCrash({
  rounds: Number(values.rounds),
  awayPairs: 40,
  livePairs: 10,
  registrants: 30,
  lifeMs: [800, 2_500],
  say: (line) => console.error(line),
})
console.log(JSON.stringify(report, null, 2))
if (Object.values(report.faults).some((count) => count > 0)) process.exitCode = 1
