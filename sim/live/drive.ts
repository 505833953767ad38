/**
 * A live run with all that belongs around it: descriptors and ports looked at, a server of our own started or the given
 * one tried, accounts made, the run, everything taken away again. What cannot begin says why, with the cure.
 */
import { lookup } from 'node:dns/promises'
import type { RunFacts } from '../measure/run-facts.ts'
import type { RunRecord } from '../measure/run-record.ts'
import type { Dialect } from '../users/context.ts'
import type { SimTransport } from '../users/fleet.ts'
import { Naming, type Population } from '../users/population.ts'
import { importAccounts } from './accounts.ts'
import { ensureDescriptors } from './descriptors.ts'
import { startNullServer } from './null-server-thread.ts'
import { OwnServer } from './own-server.ts'
import { coveringPlan, makePopulation, type PopulationPlan } from './populations.ts'
import type { Progress } from './progress.ts'
import { tryTarget } from './reach.ts'
import { LiveRun } from './run.ts'
import type { WatchedServer } from './server-watch.ts'
import type { LinkShape } from './shaped-link.ts'
import { refusePorts } from './source-addresses.ts'
import { refuseTarget, type Target } from './target.ts'

export interface DriveOptions extends RunFacts {
  readonly plan: PopulationPlan
  readonly speed: number
  readonly threads: number | null
  readonly resumption: number
  /** Between all users and the server; left out: this machine's own. */
  readonly link?: LinkShape | null
  readonly dialect: Dialect
  readonly transport: SimTransport
  readonly domain: string
  readonly prefix: string
  /** Null: a server of our own. `null-server`: a dry run, which measures the generator alone. */
  readonly target: GivenTarget | 'null-server' | null
  readonly own: OwnSettings
  readonly version: string
  readonly say: (line: string) => void
  readonly onProgress: (progress: Progress) => void
  /** Ends the run in order, with what there is. */
  readonly signal: AbortSignal
}

export interface OwnSettings {
  readonly workers: number | null
  readonly cpus: string | null
  readonly configuration: string
  /** Of the server's process, beside our own. */
  readonly environment?: Readonly<Record<string, string>>
  /**
   * Its process, once when all accounts are made and those are signed in whom a steady load begins with, and again as
   * soon as it is started anew. A throw ends the run.
   */
  readonly onProcess?: (pid: number) => void
  /** The run is over and the server is about to be stopped. */
  readonly beforeStop?: () => void
}

export interface GivenTarget {
  readonly target: Target
  readonly ca: string | null
  readonly serverName: string | null
  /** The host that the user claims as his own. */
  readonly owned: string | null
  /** To look into it; null: not on this machine. */
  readonly pid: number | null
  readonly metricsUrl: string | null
  /** Admin socket of a Meridian in which the accounts are made; null: they are there. */
  readonly accountsSocket: string | null
}

export type Driven =
  | { readonly ok: true; readonly record: RunRecord }
  | { readonly ok: false; readonly message: string; readonly kind: 'failed' | 'usage' }

interface Ready {
  readonly target: Target
  readonly ca: string | null
  readonly serverName: string | null
  readonly server: WatchedServer | null
  readonly restart: (() => Promise<void>) | null
}

export async function drive(asked: DriveOptions): Promise<Driven> {
  const options = { ...asked, plan: coveringPlan(asked.plan, asked.windows) }
  const population = makePopulation(options.plan)
  let devices = 0
  for (let user = 0; user < population.users; user++) devices += population.devicesOf(user)
  const refusal = await refuse(options, devices)
  if (refusal !== null) return { ok: false, message: refusal, kind: 'usage' }
  if (options.target === 'null-server') return dryRun(options, population)
  return driveServer(options, options.target, population)
}

async function dryRun(options: DriveOptions, population: Population): Promise<Driven> {
  const { plan, domain, prefix, seed } = options
  const server = await startNullServer({ plan, domain, prefix, seed })
  const naming = new Naming(domain, prefix, seed)
  try {
    const target: Target = { host: '127.0.0.1', port: server.port, transport: 'tcp' }
    const nobody = { ca: null, serverName: null, server: null, restart: null }
    const run = new LiveRun({ ...options, ...nobody, target, population, naming, onSettled: () => undefined })
    options.signal.addEventListener('abort', () => run.stop('it was interrupted'), { once: true })
    return { ok: true, record: await run.run() }
  } finally {
    await server.close()
  }
}

async function driveServer(options: DriveOptions, given: GivenTarget | null, population: Population): Promise<Driven> {
  const stop: { now: (reason: string) => void; early: string | null } = {
    now: (reason) => {
      stop.early ??= reason
    },
    early: null,
  }
  const own =
    options.target === null ? makeOwn(options, (how) => stop.now(`the server ended in mid-run (${how})`)) : null
  const naming = new Naming(options.domain, options.prefix, options.seed)
  try {
    const lists = options.dialect.watching === 'list'
    const ready = own ? await startOwn(own, options) : givenReady(given!, options.version)
    const unreachable = await tryTarget(ready.target, ready)
    if (unreachable !== null) return { ok: false, message: unreachable, kind: 'failed' }
    const socket = own ? own.adminSocket : given!.accountsSocket
    if (socket !== null) {
      options.say(`making ${population.users} accounts`)
      await importAccounts(socket, population, naming, lists)
    }
    // Making so many accounts leaves garbage that no server has which was started with them.
    if (own && !options.quick) await restartOwn(own, options)
    const onSettled = () => own && options.own.onProcess?.(own.pid)
    const run = new LiveRun({ ...options, ...ready, population, naming, onSettled })
    stop.now = (reason) => run.stop(reason)
    if (stop.early !== null) run.stop(stop.early)
    options.signal.addEventListener('abort', () => run.stop('it was interrupted'), { once: true })
    return { ok: true, record: await run.run() }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error), kind: 'failed' }
  } finally {
    if (own) options.own.beforeStop?.()
    await own?.remove()
  }
}

async function refuse({ target }: DriveOptions, devices: number): Promise<string | null> {
  const isGiven = target !== null && target !== 'null-server'
  const host = isGiven ? target.target.host : '127.0.0.1'
  // The null server is in this process: both ends of each connection.
  const noPlace = refusePorts(host, devices) ?? ensureDescriptors(target === 'null-server' ? devices * 2 : devices)
  if (noPlace !== null || !isGiven) return noPlace
  const addresses = await lookup(host, { all: true }).catch(() => [])
  if (addresses.length === 0) return `the name ${host} does not resolve: correct --target`
  return refuseTarget(
    target.target,
    addresses.map(({ address }) => address),
    target.owned,
  )
}

function makeOwn({ transport, domain, own, say }: DriveOptions, onDeath: (how: string) => void): OwnServer {
  return new OwnServer({ transport, domain, ...own, onLog: (line) => say(`server: ${line}`), onDeath })
}

async function startOwn(own: OwnServer, { transport, version, say, own: { onProcess } }: DriveOptions): Promise<Ready> {
  const ms = await own.start()
  say(`started a server in ${own.folder}, pid ${own.pid} (${Math.round(ms)} ms)`)
  const server: WatchedServer = {
    name: 'meridian',
    version,
    pid: () => own.pid,
    metricsUrl: () => own.metricsUrl,
    storeBytes: () => own.storeBytes,
    storeFolder: () => own.storeFolder,
  }
  const restart = async () => {
    await own.kill()
    const readyMs = await own.start(onProcess)
    say(`the server was killed, and ready again after ${Math.round(readyMs)} ms`)
  }
  const target: Target = { host: '127.0.0.1', port: own.sipPort, transport }
  return { target, ca: own.authority, serverName: null, server, restart }
}

async function restartOwn(own: OwnServer, { say }: DriveOptions): Promise<void> {
  await own.stop()
  const ms = await own.start()
  say(`the server was started anew with its accounts, pid ${own.pid} (${Math.round(ms)} ms)`)
}

function givenReady({ target, ca, serverName, pid, metricsUrl }: GivenTarget, version: string): Ready {
  const server =
    pid === null
      ? null
      : {
          name: 'target',
          version,
          pid: () => pid,
          metricsUrl: () => metricsUrl,
          storeBytes: () => 0,
          storeFolder: () => null,
        }
  return { target, ca, serverName, server, restart: null }
}
