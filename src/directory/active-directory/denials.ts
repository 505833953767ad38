/**
 * A no of the directory is sticky. Domain controllers replicate late, so another one's plain yes may be older than the
 * no; only the one that said it, by a change after it, or a higher version of the deciding attribute lifts it.
 */

/** What a no rests on. */
export const deniedBy = ['account-disabled', 'sip-disabled', 'expired', 'no-address', 'deleted'] as const
export type DeniedBy = (typeof deniedBy)[number]

export interface Denial {
  /** objectGUID of the user. */
  readonly guid: string
  readonly by: DeniedBy
  /** Of the database of the domain controller that said it; another one counts its changes otherwise. */
  readonly invocationId: string
  /** uSNChanged there; of a deletion that was found by absence the highest one at that time. */
  readonly usn: bigint
  /** Version of the deciding attribute, which all domain controllers count alike; null where it is not to be read. */
  readonly version: number | null
}

/** What a domain controller says of a user now. */
export interface Observation {
  readonly guid: string
  readonly invocationId: string
  readonly usn: bigint
  /** What speaks against him; empty where nothing does. */
  readonly against: readonly DeniedBy[]
  /** Versions of the deciding attributes as far as they are to be read. */
  readonly versions: ReadonlyMap<DeniedBy, number>
}

/** What is to be kept in the store because of an observation. */
export interface DenialChanges {
  readonly put: readonly Denial[]
  /** No longer to be kept: lifted, or a later no stands for them. */
  readonly lifted: readonly Denial[]
}

export class Denials {
  /** By user, by what they rest on, by the domain controller that said it. */
  readonly #byUser = new Map<string, Map<DeniedBy, Map<string, Denial>>>()

  /** As they were kept. */
  load(denials: Iterable<Denial>): void {
    for (const denial of denials) this.#of(denial.guid, denial.by).set(denial.invocationId, denial)
  }

  /** Whether he may do nothing, and why; empty where he may. */
  against(guid: string): readonly DeniedBy[] {
    return [...(this.#byUser.get(guid) ?? [])].flatMap(([by, denials]) => (denials.size > 0 ? [by] : []))
  }

  /** The changes must be durable before anything is granted by them. */
  observe(observation: Observation): DenialChanges {
    const put: Denial[] = []
    const lifted: Denial[] = []
    for (const by of deniedBy) {
      const known = this.#of(observation.guid, by)
      const denial = observation.against.includes(by) ? denialOf(observation, by) : null
      if (denial && [...known.values()].some((other) => covers(other, denial))) continue
      for (const other of [...known.values()]) {
        if (denial ? !covers(denial, other) : !lifts(observation, other)) continue
        known.delete(other.invocationId)
        // The new one has its place in the store.
        if (denial?.invocationId !== other.invocationId) lifted.push(other)
      }
      if (!denial) continue
      known.set(denial.invocationId, denial)
      put.push(denial)
    }
    return { put, lifted }
  }

  #of(guid: string, by: DeniedBy): Map<string, Denial> {
    const ofUser = this.#byUser.get(guid) ?? new Map<DeniedBy, Map<string, Denial>>()
    const denials = ofUser.get(by) ?? new Map<string, Denial>()
    this.#byUser.set(guid, ofUser.set(by, denials))
    return denials
  }
}

function denialOf({ guid, invocationId, usn, versions }: Observation, by: DeniedBy): Denial {
  return { guid, by, invocationId, usn, version: versions.get(by) ?? null }
}

/**
 * Whatever lifts the first is later than the second too, so that the second need not be kept. Words of two controllers
 * can be compared by versions only; where one has none, both are kept until each is lifted.
 */
function covers(denial: Denial, other: Denial): boolean {
  if (denial.invocationId === other.invocationId) {
    return denial.usn > other.usn || (denial.usn === other.usn && (denial.version !== null || other.version === null))
  }
  return denial.version !== null && other.version !== null && denial.version >= other.version
}

/** A yes by this observation is later than that no. */
function lifts({ invocationId, usn, versions }: Observation, { by, ...known }: Denial): boolean {
  const version = versions.get(by)
  if (version !== undefined && known.version !== null) return version > known.version
  return invocationId === known.invocationId && usn > known.usn
}
