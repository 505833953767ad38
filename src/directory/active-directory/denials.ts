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
  /** Of whom there is one, at most one by each reason and controller: a sweep observes everybody. */
  readonly #byUser = new Map<string, readonly Denial[]>()

  /** As they were kept. */
  load(denials: Iterable<Denial>): void {
    for (const denial of denials) this.#byUser.set(denial.guid, [...this.#of(denial.guid), denial])
  }

  /** Whether he may do nothing, and why; empty where he may. */
  against(guid: string): readonly DeniedBy[] {
    const denials = this.#of(guid)
    return deniedBy.filter((reason) => denials.some(({ by }) => by === reason))
  }

  /** The changes must be durable before anything is granted by them. */
  observe(observation: Observation): DenialChanges {
    const put: Denial[] = []
    const lifted: Denial[] = []
    let kept = this.#of(observation.guid)
    for (const by of deniedBy) {
      const known = kept.filter((other) => other.by === by)
      const denial = observation.against.includes(by) ? denialOf(observation, by) : null
      if (denial && known.some((other) => covers(other, denial))) continue
      const over = known.filter((other) => (denial ? covers(denial, other) : lifts(observation, other)))
      kept = kept.filter((other) => !over.includes(other))
      // The new one has the place in the store of an earlier one by its controller.
      lifted.push(...over.filter(({ invocationId }) => invocationId !== denial?.invocationId))
      if (!denial) continue
      kept = [...kept, denial]
      put.push(denial)
    }
    if (kept.length === 0) this.#byUser.delete(observation.guid)
    else this.#byUser.set(observation.guid, kept)
    return { put, lifted }
  }

  #of(guid: string): readonly Denial[] {
    return this.#byUser.get(guid) ?? []
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
