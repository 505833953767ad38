/**
 * Faults of a server that its users see, planted by a proxy in front of a right one: the verification from end to end
 * names them.
 */
import type { DrillPlan } from '../../sim/live/drill-population.ts'
import { asNew, type Meddle, type OnTheWay, withBody } from '../../sim/live/faulty-proxy.ts'
import { LatencyHistogram } from '../../sim/measure/latency-histogram.ts'
import type { RunRecord } from '../../sim/measure/run-record.ts'
import { levelResults } from '../../sim/report/level-results.ts'
import { type Violation, violations } from '../../sim/verify/findings.ts'
import { LiveBench } from './live-bench.ts'
import type { PlantedFault } from './planted-fault.ts'

const bench = new LiveBench()
const verifier = 'verification from end to end (sim/verify)'

/** `meddle` makes one for each run: it counts. */
function byVerifier(
  row: Pick<PlantedFault, 'number' | 'fault' | 'seenAs'>,
  kind: Violation,
  meddle: () => Meddle,
  plan: Partial<DrillPlan> = {},
): PlantedFault {
  const run = async () => {
    const { correctness } = await bench.record(meddle, plan)
    const example = correctness.examples.find((each) => each.startsWith(`${kind}: `))
    const seen = correctness[kind] > 0 && example !== undefined ? example : null
    return { seen, clean: violationsOf(await bench.clean(plan)) }
  }
  return { ...row, plantedIn: 'server', check: verifier, isQuick: true, run }
}

function violationsOf({ correctness }: RunRecord): string | null {
  const found = violations.filter((kind) => correctness[kind] > 0)
  return found.length === 0 ? null : `${found.join(', ')}: ${correctness.examples.join('; ')}`
}

/** Does something to the tenth text that passes, and lets all else pass. */
function onTenthText(act: (message: OnTheWay) => void): () => Meddle {
  return () => {
    let texts = 0
    return (message) => {
      if (isText(message) && ++texts === 10) act(message)
      else message.pass()
    }
  }
}

function isText({ request }: OnTheWay): boolean {
  return request.method === 'MESSAGE' && request.named('Content-Type') === 'text/plain'
}

function swap(): Meddle {
  let held: { readonly key: string; readonly message: OnTheWay } | null = null
  let isDone = false
  return (message) => {
    const { request, answer, pass, connection } = message
    if (!isText(message) || isDone) return pass()
    const key = `${request.from?.uri} ${connection}`
    if (held?.key === key) {
      pass()
      held.message.pass()
      isDone = true
    } else if (held === null) {
      held = { key, message }
      answer()
    } else pass()
  }
}

function olderStateLast(): Meddle {
  const bodies = new Map<string, Buffer>()
  let isDone = false
  return ({ request, pass }) => {
    const isState = request.method === 'NOTIFY' && request.body.includes(' due ')
    const before = isState ? bodies.get(request.callId ?? '') : undefined
    if (isState) bodies.set(request.callId ?? '', before ?? request.body)
    if (before === undefined || before.equals(request.body) || isDone) return pass()
    isDone = true
    pass()
    const cseq = (request.cseq?.number ?? 0) + 1
    const older = withBody(request, before).toString('latin1')
    pass(Buffer.from(older.replace(/CSeq: \d+/i, `CSeq: ${cseq}`).replace('z9hG4bK', 'z9hG4bKold'), 'latin1'))
  }
}

function lastStateLost(): Meddle {
  const lost = new Set<string>()
  return ({ request, pass, answer }) => {
    const state = /entity="pres:u11@[\s\S]*version (\d+)/.exec(request.body.toString('latin1'))
    if (request.method !== 'NOTIFY' || state === null || Number(state[1]) < 2) return pass()
    if (lost.size === 0) lost.add(request.callId ?? '')
    if (lost.has(request.callId ?? '')) answer()
    else pass()
  }
}

/** Enough changes for a 99th percentile. */
const manyChanges = { publishesPerSecond: 120 }
const delayMs = 1_500

/** One in fifty: of one in a hundred the percentile would lie on the edge. */
function someLate(): Meddle {
  let states = 0
  return ({ request, pass }) => {
    const isState = request.method === 'NOTIFY' && request.body.includes(' due ')
    if (isState && ++states % 50 === 0) setTimeout(pass, delayMs)
    else pass()
  }
}

const lateNotifications: PlantedFault = {
  number: 7,
  plantedIn: 'server',
  fault: 'delays one NOTIFY in fifty by 1.5 s',
  seenAs: 'presence over its limit at 99 %, within it at 50 %',
  check: 'service level D5 (sim/report/level-results.ts)',
  isQuick: true,
  async run() {
    const seen = presenceOf(await bench.record(someLate, manyChanges))
    const clean = presenceOf(await bench.clean(manyChanges))
    const isNamed = seen.p99 > 1_000 && seen.p50 <= 300 && !seen.ok
    return { seen: isNamed ? seen.text : null, clean: clean.p99 <= 1_000 ? null : clean.text }
  },
}

function presenceOf(record: RunRecord): { p50: number; p99: number; ok: boolean; text: string } {
  const level = levelResults({ only: record }, 'this-machine').find(({ id }) => id === 'D5')
  const seen = record.levels.find(({ id }) => id === 'D5')
  const histogram = seen ? LatencyHistogram.of(seen.latency) : new LatencyHistogram()
  const [p50, p99] = [histogram.percentileUs(50) / 1_000, histogram.percentileUs(99) / 1_000]
  const text = `presence ${Math.round(p50)} ms at 50 %, ${Math.round(p99)} ms at 99 % of ${histogram.count}`
  return { p50, p99, ok: level?.ok ?? true, text }
}

export const liveFaults: readonly PlantedFault[] = [
  byVerifier(
    { number: 1, fault: 'drops an accepted message', seenAs: 'lost, the message named' },
    'lost',
    onTenthText(({ answer }) => answer()),
  ),
  byVerifier(
    { number: 2, fault: 'delivers a message twice', seenAs: 'a duplicate that is not excepted' },
    'duplicates',
    onTenthText((message) => {
      message.pass()
      message.pass(message.request.bytes)
    }),
  ),
  byVerifier(
    {
      number: 3,
      fault: 'delivers a second copy with a new Call-ID',
      seenAs: 'a duplicate: who it is stands in the body',
    },
    'duplicates',
    onTenthText((message) => {
      message.pass()
      message.pass(asNew(message.request))
    }),
  ),
  byVerifier({ number: 4, fault: 'swaps two messages of a pair', seenAs: 'misordered' }, 'misordered', swap, {
    messagesPerSecond: 50,
  }),
  byVerifier(
    { number: 5, fault: 'sends an older presence after a newer', seenAs: 'stale: the version went back' },
    'stale',
    olderStateLast,
  ),
  byVerifier(
    { number: 6, fault: 'loses the last state of one user', seenAs: 'not converged, watcher and user named' },
    'notConverged',
    lastStateLost,
  ),
  lateNotifications,
]
