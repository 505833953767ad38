/** The options of a live run of `meridian sim`, and what they come to. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DriveOptions, GivenTarget } from '../../../sim/live/drive.ts'
import { readTarget } from '../../../sim/live/target.ts'
import type { SimTransport } from '../../../sim/users/fleet.ts'
import { modelVersion } from '../../../sim/workload/parameters.ts'
import { setUpMs } from '../../../sim/workload/plan.ts'
import { plannedRates } from '../../../sim/workload/planned-rates.ts'
import type { Workload } from '../../../sim/workload/workload.ts'
import type { CommandIo, OptionDescription } from '../command.ts'
import { fileFault } from '../file-fault.ts'
import { productVersion } from '../version.ts'
import { wholeNumber } from '../whole-number.ts'

export const liveOptions: readonly OptionDescription[] = [
  {
    flags: '--target <uri>',
    text: 'sip:HOST:PORT;transport=tcp, sips:HOST:PORT, wss://HOST:PORT; own: a server is started for the run',
    default: 'own',
  },
  {
    flags: '--transport <name>',
    text: 'between users and server',
    choices: ['udp', 'tcp', 'tls', 'wss'],
    default: 'tcp',
  },
  { flags: '--seed <number>', text: 'the same seed plans the same actions', default: '1' },
  { flags: '--speed <factor>', text: 'model time runs so many times as fast', default: '1' },
  {
    flags: '--warm-up <seconds>',
    text: 'from when all are signed in until figures count, model time',
    default: 'the workload’s',
  },
  { flags: '--measure <seconds>', text: 'the measured window, model time', default: 'the workload’s' },
  { flags: '--threads <count>', text: 'of simulated users', default: 'one for 5,000 devices, a core left' },
  { flags: '--replay <file>', text: 'of `meridian traffic record`: its users do what they did, instead of a workload' },
  { flags: '--dry-run', text: 'against a server that costs nothing: what the generator can do' },
  { flags: '--out <file>', text: 'write the record of the run there, as JSON' },
  { flags: '--domain <name>', text: 'of the users', default: 'example.test' },
  { flags: '--prefix <text>', text: 'of the users’ names, before the number', default: 'u' },
  { flags: '--accounts <how>', text: 'none: they are there; or the admin socket of a Meridian', default: 'none' },
  {
    flags: '--accounts-csv <file>',
    text: 'write the accounts as CSV and end; as SQL for Kamailio where it ends in .sql',
  },
  { flags: '--ca <file>', text: 'PEM of the authority of the target’s certificate' },
  { flags: '--server-name <name>', text: 'that the certificate must carry', default: 'the host' },
  { flags: '--lists', text: 'contacts are watched by one subscription to a list (RFC 4662)' },
  { flags: '--no-lists', text: 'contacts are watched one by one: for targets without lists' },
  { flags: '--own-lists', text: 'lists go along with the SUBSCRIBE (RFC 5367)' },
  { flags: '--no-publish', text: 'the target has no PUBLISH' },
  { flags: '--auth <algorithm>', text: 'the only one to be used', choices: ['md5', 'sha256'] },
  { flags: '--server-pid <pid>', text: 'process of the target on this machine, to look into' },
  { flags: '--metrics <url>', text: 'metrics of the target, Prometheus text' },
  { flags: '--server-workers <count>', text: 'of the own server', default: 'the product’s' },
  { flags: '--server-cpus <list>', text: 'cores for the own server, as taskset has them' },
  {
    flags: '--i-own-this-target <host>',
    text: 'for targets that are neither on this machine nor in a private network',
  },
]

type Options = Readonly<Record<string, unknown>>

export type LiveChoice =
  | { readonly ok: true; readonly options: Omit<DriveOptions, 'say' | 'onProgress' | 'signal'> }
  | { readonly ok: false; readonly message: string }

/** Whether anything but the model was asked for. */
export function isLiveAsked(options: Options): boolean {
  return ['target', 'workload', 'users', 'accountsCsv', 'quick', 'dryRun', 'replay'].some(
    (name) => options[name] !== undefined,
  )
}

export function chooseLive(options: Options, io: Pick<CommandIo, 'cwd'>, workload: Workload): LiveChoice {
  const seed = wholeNumber(options.seed ?? '1', 0, 2 ** 31 - 1)
  const speed = Number(options.speed ?? workload.plan.speed)
  if (seed === null) return no('--seed: expected a whole number from 0')
  if (!(speed > 0 && speed <= 1000)) return no('--speed: expected a number above 0, up to 1000')
  const windows = chooseWindows(options, workload)
  if (typeof windows === 'string') return no(windows)
  const threads = options.threads === undefined ? null : wholeNumber(options.threads, 1, 256)
  if (options.threads !== undefined && threads === null) return no('--threads: expected a whole number from 1')
  const workers = options.serverWorkers === undefined ? null : wholeNumber(options.serverWorkers, 1, 256)
  const given = givenTarget(options, io)
  if (typeof given === 'string') return no(given)
  const transport = given?.target.transport ?? ((options.transport ?? 'tcp') as SimTransport)
  const { parameters } = workload
  return {
    ok: true,
    options: {
      plan: { kind: 'model', workload, seed },
      windows,
      preset: workload.preset,
      quick: workload.quick,
      modelVersion,
      parameters: { ...parameters },
      plannedRates: plannedRates(workload, transport === 'tls' || transport === 'wss'),
      seed,
      speed,
      threads,
      resumption: parameters.tlsResumption,
      dialect: {
        watching: parameters.lists ? (options.ownLists === true ? 'own-list' : 'list') : 'single',
        publishes: options.publish !== false,
        algorithm: options.auth === undefined ? null : options.auth === 'md5' ? 'MD5' : 'SHA-256',
      },
      transport,
      domain: String(options.domain ?? 'example.test'),
      prefix: String(options.prefix ?? 'u'),
      target: options.dryRun === true ? 'null-server' : given,
      own: {
        workers,
        cpus: options.serverCpus === undefined ? null : String(options.serverCpus),
        configuration: '',
      },
      version: productVersion(),
    },
  }
}

function no(message: string): LiveChoice {
  return { ok: false, message }
}

/** A warm-up begins when everybody is there who is to be there at the start: before, there is nothing to warm up. */
export function chooseWindows(options: Options, workload: Workload): DriveOptions['windows'] | string {
  const { parameters, plan } = workload
  const warmUpMs = options.warmUp === undefined ? 0 : Number(options.warmUp) * 1000
  const measureMs = options.measure === undefined ? plan.windows.measureMs : Number(options.measure) * 1000
  if (!(warmUpMs >= 0)) return '--warm-up: expected seconds'
  if (!(measureMs >= 1000)) return '--measure: expected seconds, at least 1'
  if (options.warmUp === undefined) return { warmUpMs: plan.windows.warmUpMs, measureMs }
  const comingMs = plan.windows.warmUpMs === 0 ? 0 : Math.ceil(setUpMs(parameters, plan.arrival))
  return { warmUpMs: comingMs + warmUpMs, measureMs }
}

/** Null: a server of our own; a text: what is wrong. */
function givenTarget(options: Options, { cwd }: Pick<CommandIo, 'cwd'>): GivenTarget | null | string {
  if (options.dryRun === true && options.target !== undefined)
    return '--dry-run has a target of its own: leave --target out'
  if (options.target === undefined || options.target === 'own') return null
  const read = readTarget(String(options.target), (options.transport ?? null) as SimTransport | null)
  if (!read.ok) return `--target: ${read.message}`
  const pid = options.serverPid === undefined ? null : wholeNumber(options.serverPid, 1, 2 ** 30)
  if (options.serverPid !== undefined && pid === null) return '--server-pid: expected the number of a process'
  const text = (name: string) => (options[name] === undefined ? null : String(options[name]))
  const accounts = text('accounts')
  const ca = text('ca')
  try {
    return {
      target: read.target,
      ca: ca === null ? null : readFileSync(resolve(cwd, ca), 'utf8'),
      serverName: text('serverName'),
      owned: text('iOwnThisTarget'),
      pid,
      metricsUrl: text('metrics'),
      accountsSocket: accounts === null || accounts === 'none' ? null : resolve(cwd, accounts),
    }
  } catch (error) {
    return `cannot read ${ca}: ${fileFault(error)}`
  }
}
