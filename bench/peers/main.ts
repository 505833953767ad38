/**
 * Meridian beside Kamailio: the same work, in one run, interleaved, on one core, with the kernel's part as floor.
 *
 *     npm run bench:peers [-- --smoke] [--json FILE] [--no-install]
 *
 * Kamailio with its presence modules and MariaDB come from Debian, and are installed if root runs this on a Debian that
 * has them not. Exit code 1: an acknowledged registration was lost by Meridian; 64: there is nothing to compare with.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { median } from '../harness/figures.ts'
import { Floor, Load } from '../harness/load.ts'
import { fingerprint } from '../harness/machine.ts'
import { hasCompiler } from '../harness/native.ts'
import { scheduledMicros } from '../harness/process-cost.ts'
import { hasKamailio, makeKamailio } from './kamailio.ts'
import { makeMeridian } from './meridian.ts'
import type { Peer } from './peer.ts'
import { fanOut, killUnderLoad, SignedIn, type Sizes } from './scenes.ts'

const packages = ['kamailio', 'kamailio-presence-modules', 'kamailio-mysql-modules', 'mariadb-server']

const full: Sizes = {
  users: 2_000,
  watchers: 500,
  rounds: 5,
  seconds: 2,
  warmUpSeconds: 3,
  pacedPerSecond: 1_000,
  changes: 6,
  killed: 2_000,
}
const smoke: Sizes = {
  users: 40,
  watchers: 10,
  rounds: 1,
  seconds: 0.3,
  warmUpSeconds: 0.2,
  pacedPerSecond: 50,
  changes: 2,
  killed: 40,
}

interface Found {
  readonly setup: string
  readonly figures: Record<string, number>
}

const { values } = parseArgs({
  options: {
    smoke: { type: 'boolean', default: false },
    json: { type: 'string' },
    'no-install': { type: 'boolean', default: false },
  },
})
if (!hasCompiler()) fail('the load is made by a C program, and there is no C compiler here (Debian: gcc)')
if (!hasKamailio() && !values['no-install']) install()
if (!hasKamailio()) fail(`nothing to compare with: apt-get install ${packages.join(' ')}`)

const sizes = values.smoke ? smoke : full
const machine = fingerprint()
console.log(
  Object.entries(machine)
    .map(([name, value]) => `${name} ${value}`)
    .join(', '),
)
const peers = [await makeMeridian(sizes.users), await makeKamailio(sizes.users)]
try {
  const { found, floorMicros } = await compare(peers, sizes)
  print(found, floorMicros)
  if (values.json !== undefined) {
    writeFileSync(
      values.json,
      `${JSON.stringify({ label: 'measured', machine, sizes, floorMicros, found }, null, 2)}\n`,
    )
  }
  if ((found.meridian?.figures['acknowledged and lost after kill -9'] ?? 0) > 0) process.exitCode = 1
} finally {
  for (const peer of peers) await peer.remove()
}

async function compare(all: readonly Peer[], size: Sizes) {
  const found: Record<string, Found> = {}
  for (const peer of all) {
    await peer.start()
    found[peer.name] = { setup: peer.setup, figures: {} }
  }
  const signedIn: SignedIn[] = []
  for (const peer of all) signedIn.push(await SignedIn.open(peer, size))
  const floorMicros = await messages(signedIn, size, found)
  for (const each of signedIn) await each.close()
  for (const peer of all) {
    const { figures } = found[peer.name]!
    figures['µs for a NOTIFY with its 200'] = await fanOut(peer, size)
    const { acknowledged, lost } = await killUnderLoad(peer, size)
    figures['registrations acknowledged before kill -9'] = acknowledged
    figures['acknowledged and lost after kill -9'] = lost
  }
  return { found, floorMicros }
}

/** Rounds by turns: floor, Meridian, Kamailio. Returns the floor's microseconds. */
async function messages(all: readonly SignedIn[], size: Sizes, found: Record<string, Found>): Promise<number> {
  const floor = new Floor('tcp')
  const onFloor = new Load({ transport: 'tcp', port: await floor.port(), connections: size.users, isFloor: true })
  const micros = new Map<string, number[]>([['floor', []]])
  try {
    await onFloor.open()
    for (const each of all) await each.saturate(size.warmUpSeconds)
    for (let round = 0; round < size.rounds; round++) {
      const before = scheduledMicros(floor.pid)
      const run = await onFloor.messages(size.seconds, 0, Math.min(500, size.users / 2))
      micros.get('floor')!.push((scheduledMicros(floor.pid) - before) / run.answered)
      for (const each of all) {
        const { name } = each.peer
        micros.set(name, [...(micros.get(name) ?? []), await each.saturate(size.seconds)])
      }
    }
  } finally {
    await onFloor.end()
    await floor.end()
  }
  for (const each of all) {
    const { figures } = found[each.peer.name]!
    const databaseBefore = each.peer.databaseMicros()
    const paced = await each.pace(size.seconds, size.pacedPerSecond)
    figures['µs for a durable registration'] = each.registerMicros
    figures['KB for a signed-in user'] = each.bytesPerUser / 1024
    figures['µs for a relayed MESSAGE, saturated'] = median(micros.get(each.peer.name)!)
    figures[`µs for a relayed MESSAGE at ${size.pacedPerSecond}/s`] = paced.micros
    figures['of it in the database'] = (each.peer.databaseMicros() - databaseBefore) / Math.max(1, paced.answered)
    figures[`ms until a MESSAGE is answered, 99 % at ${size.pacedPerSecond}/s`] = paced.p99Ms
    figures['messages not answered with 200'] = paced.failed + paced.unanswered + paced.stored
  }
  return median(micros.get('floor')!)
}

function print(found: Record<string, Found>, floorMicros: number): void {
  const names = Object.keys(found)
  for (const name of names) console.log(`${name}: ${found[name]!.setup}`)
  console.log(`floor: ${floorMicros.toFixed(1)} µs for a relayed message without SIP\n`)
  const rows = Object.keys(found[names[0]!]!.figures)
  const width = Math.max(...rows.map((row) => row.length))
  console.log(`${''.padEnd(width)}  ${names.map((name) => name.padStart(12)).join('')}`)
  for (const row of rows) {
    const cells = names.map((name) => (found[name]!.figures[row] ?? Number.NaN).toFixed(1).padStart(12))
    console.log(`${row.padEnd(width)}  ${cells.join('')}`)
  }
}

/** As `.ci/run` installs what it needs. */
function install(): void {
  if (process.getuid?.() !== 0) return
  console.log(`installing ${packages.join(' ')}`)
  const options = { stdio: 'ignore' as const, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], options)
}

function fail(message: string): never {
  console.error(message)
  process.exit(64)
}
