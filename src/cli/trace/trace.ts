/**
 * `meridian trace USER`: one user's messages live, as a ladder, until control-C, a time or a count.
 */
import {
  type AdminResult,
  socketCaller,
  type TracePart,
  traceMessagesMax,
  traceSecondsMax,
  traceWaitMsMax,
} from '../../admin/index.ts'
import { dataPaths } from '../../config/index.ts'
import type { AdminClient } from '../admin-client.ts'
import { connectAdmin } from '../admin-client.ts'
import type { CommandDescription, CommandIo, Invocation, Outcome } from '../command.ts'
import { done, failed, misused } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { refusedOutcome } from '../open-backend.ts'
import { wholeNumber } from '../whole-number.ts'
import { columnsDefault, ladderHead, ladderRow } from './ladder.ts'

const answerDeadlineMs = traceWaitMsMax + 10_000

export const description: CommandDescription = {
  path: ['trace'],
  purpose: 'show one user’s messages live',
  details: [
    'A ladder of what passes between the devices of a user, this server and the other side: time, method or status',
    'with its CSeq, connection, size. Credentials are never shown, bodies only if asked for. That somebody was traced,',
    'by whom and from when to when, is in the audit log. Ends with control-C.',
  ].join(' '),
  arguments: [{ name: '<user>', text: 'a name, an address, or another name of the user' }],
  options: [
    { flags: '--for <seconds>', text: `ends by itself after this time, at most ${traceSecondsMax}`, default: '600' },
    { flags: '--count <messages>', text: `or after so many, at most ${traceMessagesMax}`, default: '10000' },
    { flags: '--bodies', text: 'whole messages, with their bodies, without credentials' },
    { flags: '--lines', text: 'each message as a line of JSON, at once; --json is one object at the end' },
  ],
  examples: [
    { line: 'meridian trace alice', text: 'until control-C' },
    { line: 'meridian trace alice --for 60 --lines > alice.jsonl', text: 'a minute, for a program' },
  ],
  exitCodes: { 1: 'no server runs, there is no such user, or the server ended' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { options, io } = invocation
  const seconds = wholeNumber(options.for ?? 600, 1, traceSecondsMax)
  const messages = wholeNumber(options.count ?? 10_000, 1, traceMessagesMax)
  if (seconds === null) return misused(`--for: expected a whole number from 1 to ${traceSecondsMax}`)
  if (messages === null) return misused(`--count: expected a whole number from 1 to ${traceMessagesMax}`)
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { adminSocket } = dataPaths(loaded.config)
  const server = await connectAdmin(adminSocket, answerDeadlineMs)
  if (server === null) return failed(`no server answers on ${adminSocket}`)
  const asked = { user: invocation.arguments[0]!, seconds, messages, bodies: options.bodies === true }
  const begun = await server.traces.begin(asked, socketCaller)
  if (!begun.ok) return refusedOutcome(begun)
  const { id, aor } = begun.value
  const endTrace = () => void server.traces.end(id)
  process.once('SIGINT', endTrace)
  try {
    const shown = await follow(server, id, writerOf(io, options))
    if (!shown.ok) return refusedOutcome(shown)
    const { count, missed, end } = shown.value
    const text = options.lines === true ? '' : `${aor}: ${count} messages, ${missed} missed; ended by ${end}`
    return done({ aor, ...shown.value }, text, begun.warnings)
  } finally {
    process.off('SIGINT', endTrace)
  }
}

interface Shown {
  readonly count: number
  readonly missed: number
  readonly end: TracePart['end']
  /** For `--json` alone. */
  readonly steps?: TracePart['steps']
}

interface Writer {
  write(part: TracePart): void
  readonly kept: TracePart['steps'] | null
}

async function follow(server: AdminClient, id: string, writer: Writer): Promise<AdminResult<Shown>> {
  let after = 0
  let missed = 0
  let count = 0
  for (;;) {
    const read = await server.traces.read(id, after, traceWaitMsMax, socketCaller)
    if (!read.ok) return read
    const part = read.value
    after = part.next
    missed += part.missed
    count += part.steps.length
    writer.write(part)
    if (part.end === null) continue
    const value = { count, missed, end: part.end, ...(writer.kept && { steps: writer.kept }) }
    return { ok: true, value, warnings: [] }
  }
}

function writerOf(io: CommandIo, { json, lines }: Invocation['options']): Writer {
  if (json === true) {
    const kept: TracePart['steps'][number][] = []
    return { kept, write: ({ steps }) => void kept.push(...steps) }
  }
  if (lines === true) {
    const write = ({ steps }: TracePart) => {
      for (const step of steps) io.stdout(`${JSON.stringify(step)}\n`)
    }
    return { kept: null, write }
  }
  const columns = () => io.columns ?? columnsDefault
  io.stdout(`${ladderHead(columns())}\n`)
  const write = ({ steps, missed }: TracePart) => {
    if (missed > 0) io.stdout(`  … ${missed} messages missed …\n`)
    for (const step of steps) io.stdout(`${ladderRow(step, columns())}\n`)
  }
  return { kept: null, write }
}
