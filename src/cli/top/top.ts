/**
 * `meridian top`: what a running server does, as a table that is written anew every few seconds.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { type Figures, figuresBetween, readScrape } from '../../admin/index.ts'
import { dataPaths } from '../../config/index.ts'
import type { AdminClient } from '../admin-client.ts'
import { connectAdmin } from '../admin-client.ts'
import type { CommandDescription, CommandIo, Invocation, Outcome } from '../command.ts'
import { done, failed, misused } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { productVersion } from '../version.ts'
import { topText } from './text.ts'

const answerDeadlineMs = 10_000

export const description: CommandDescription = {
  path: ['top'],
  purpose: 'show what a running server does, live',
  details:
    'Users, connections, rates, how long things take and what waits; what each worker has of it. Ends with control-C.',
  options: [
    { flags: '--once', text: 'show one interval and end; with --json always so' },
    { flags: '--seconds <count>', text: 'how long an interval is', default: '2' },
  ],
  examples: [
    { line: 'meridian top', text: 'until control-C' },
    { line: 'meridian top --once --json', text: 'one interval, for a program' },
  ],
  exitCodes: { 1: 'no server runs, or it does not answer' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { options, io } = invocation
  const seconds = Number(options.seconds ?? 2)
  if (!(seconds >= 0.1 && seconds <= 3_600)) return misused('--seconds: expected a number from 0.1 to 3600')
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { adminSocket } = dataPaths(loaded.config)
  const server = await connectAdmin(adminSocket, answerDeadlineMs)
  if (server === null) return failed(`no server answers on ${adminSocket}`)
  const isOnce = options.once === true || options.json === true
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  process.once('SIGINT', onSignal)
  try {
    return await watch(server, { io, seconds, isOnce, stop: stop.signal })
  } finally {
    process.off('SIGINT', onSignal)
  }
}

interface Watching {
  readonly io: CommandIo
  readonly seconds: number
  readonly isOnce: boolean
  readonly stop: AbortSignal
}

async function watch(server: AdminClient, { io, seconds, isOnce, stop }: Watching): Promise<Outcome> {
  let before = await server.metricsText()
  for (;;) {
    const sinceMs = performance.now()
    await wait(seconds * 1000, undefined, { signal: stop }).catch(() => undefined)
    if (stop.aborted) return done(null, '')
    const after = await server.metricsText()
    if (!before.ok) return failed(before.message)
    if (!after.ok) return failed(after.message)
    const passed = (performance.now() - sinceMs) / 1000
    const figures = figuresBetween(readScrape(before.value), readScrape(after.value), passed)
    if (isOnce) return done(figures, topText(figures))
    io.stdout(screen(figures))
    before = after
  }
}

/** From the top of an empty screen. */
function screen(figures: Figures): string {
  return `\u001b[H\u001b[2JMeridian ${productVersion()}  ${new Date().toLocaleTimeString()}\n\n${topText(figures)}\n`
}
