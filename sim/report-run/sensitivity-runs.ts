/**
 * The table of sensitivity: each variant of the users once in virtual time, a few hundred of them, and its limit by a
 * straight line. What moves the limit shows at that size; where it lies is for the search to say.
 */
import { type FoundVariant, type Sensitivity, sensitivityOf, type Variant, variantsOf } from '../limit/sensitivity.ts'
import { baseUse, conversionOf, resourceUse } from '../report/resource-use.ts'
import { straightLineLimit } from '../report/verdict.ts'
import type { Windows } from '../workload/plan.ts'
import { rampMs } from '../workload/presets/steady.ts'
import type { Workload } from '../workload/workload.ts'
import type { CapacityOptions } from './capacity-options.ts'
import type { Load } from './load.ts'
import { overTls } from './over-tls.ts'
import { runVirtualLoad } from './virtual-load.ts'

export type SensitivityOptions = Pick<
  CapacityOptions,
  'users' | 'seed' | 'loadOf' | 'profile' | 'signal' | 'say' | 'onVirtual'
>

/** More take longer and move nothing. */
const usersMax = 300
const secondMs = 1_000

export async function runSensitivity(options: SensitivityOptions): Promise<Sensitivity> {
  const { loadOf, users, seed, signal, say } = options
  const load = loadOf(Math.min(users, usersMax), seed)
  const { transport = 'tcp' } = load.live ?? {}
  const found: FoundVariant[] = []
  for (const variant of variantsOf(load.workload.parameters, transport === 'tls' || transport === 'wss')) {
    if (signal.aborted) break
    say(`sensitivity: ${variant.name}, in virtual time`)
    found.push(await limitOf(options, load, variant))
  }
  return sensitivityOf(found)
}

async function limitOf(options: SensitivityOptions, load: Load, variant: Variant): Promise<FoundVariant> {
  const { profile, onVirtual } = options
  const { name, parameters } = load.workload
  const workload: Workload = { ...load.workload, name, parameters: { ...parameters, ...variant.change } }
  const plain = await runVirtualLoad({ ...load, workload }, windowsOf(workload), profile, 'mid', onVirtual)
  const record = variant.isEncrypted ? overTls(plain, workload) : plain
  const conversion = conversionOf(record, profile, null)
  // The busiest second of so few users is chance, and no line goes through it.
  const resources = resourceUse(record, profile, conversion).filter(({ id }) => id !== 'thread')
  const base = baseUse(record, profile, conversion)
  const { users, resource } = straightLineLimit(record.users, resources, base, 'mid')
  return { variant, limit: Number.isFinite(users) && users > 0 ? users : null, limitedBy: resource }
}

/** The ramp lies before, and further devices, which follow the first by up to half a minute. */
function windowsOf({ parameters, quick }: Workload): Windows {
  const measureMs = (quick ? 40 : 300) * secondMs
  return { warmUpMs: rampMs(parameters) + 60 * secondMs, measureMs }
}
