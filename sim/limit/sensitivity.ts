/**
 * How the limit moves when the users are other users: one parameter changed at a time, everything else as it was. The
 * elasticity is percent of the limit for each percent of the parameter.
 */
import type { Parameters } from '../workload/parameters.ts'

export interface Variant {
  readonly name: string
  readonly change: Partial<Parameters>
  readonly isEncrypted: boolean
  /** Of the parameter that is changed, and by what it is multiplied; null: it is a switch. */
  readonly scaled: { readonly parameter: string; readonly factor: number } | null
}

export interface SensitivityRow {
  readonly name: string
  /** Users; null: nothing was found. */
  readonly limit: number | null
  /** Of the limit as it was. */
  readonly ratio: number | null
  readonly limitedBy: string
}

export interface Elasticity {
  readonly parameter: string
  readonly value: number
}

export interface Sensitivity {
  readonly rows: readonly SensitivityRow[]
  readonly elasticities: readonly Elasticity[]
}

const contactFactors = [0.5, 2] as const
const presenceFactors = [0.5, 1.5] as const
const deviceFactors = [1.5] as const

/** As it was first. */
export function variantsOf(parameters: Parameters, isEncrypted: boolean): readonly Variant[] {
  const { contacts, presenceScale, devices, lists } = parameters
  const same = { change: {}, isEncrypted, scaled: null }
  const scaled = (parameter: string, factor: number, change: Partial<Parameters>): Variant => ({
    name: `${parameter} × ${factor}`,
    change,
    isEncrypted,
    scaled: { parameter, factor },
  })
  return [
    { ...same, name: 'as asked' },
    ...contactFactors.map((by) => scaled('contacts', by, { contacts: Math.max(1, Math.round(contacts * by)) })),
    ...presenceFactors.map((by) => scaled('presence changes', by, { presenceScale: presenceScale * by })),
    ...deviceFactors.map((by) => scaled('devices', by, { devices: devices * by })),
    { ...same, name: lists ? 'without lists' : 'with lists', change: { lists: !lists } },
    { ...same, name: isEncrypted ? 'without TLS' : 'over TLS', isEncrypted: !isEncrypted },
  ]
}

export interface FoundVariant {
  readonly variant: Variant
  readonly limit: number | null
  readonly limitedBy: string
}

export function sensitivityOf(found: readonly FoundVariant[]): Sensitivity {
  const asked = found[0]?.limit ?? null
  return {
    rows: found.map(({ variant, limit, limitedBy }) => {
      const ratio = limit === null || asked === null || asked <= 0 ? null : limit / asked
      return { name: variant.name, limit, ratio, limitedBy }
    }),
    elasticities: elasticitiesOf(found),
  }
}

/** Between the least and the largest value that was tried of each parameter. */
function elasticitiesOf(found: readonly FoundVariant[]): readonly Elasticity[] {
  const asked = found[0]?.limit ?? null
  const points = new Map<string, { readonly factor: number; readonly limit: number }[]>()
  for (const { variant, limit } of found) {
    if (!variant.scaled || limit === null || asked === null) continue
    const { parameter, factor } = variant.scaled
    points.set(parameter, [...(points.get(parameter) ?? [{ factor: 1, limit: asked }]), { factor, limit }])
  }
  return [...points].flatMap(([parameter, all]) => {
    const sorted = all.filter(({ limit }) => limit > 0).toSorted((a, b) => a.factor - b.factor)
    const [least, most] = [sorted[0], sorted.at(-1)]
    if (!least || !most || least === most) return []
    return [{ parameter, value: Math.log(most.limit / least.limit) / Math.log(most.factor / least.factor) }]
  })
}
