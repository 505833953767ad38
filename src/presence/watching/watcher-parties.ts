/**
 * Watchers that have other names or are in groups, as a presentity's shard has heard of them: for when they are judged
 * again. All others are who they are called.
 */
import type { PolicyParty } from '../../ports/policy.ts'
import type { Aor } from '../../sip/uri/aor.ts'

export class WatcherParties {
  readonly #byWatcher = new Map<Aor, PolicyParty>()

  of(watcher: Aor): PolicyParty {
    return this.#byWatcher.get(watcher) ?? { aor: watcher, aliases: [], groups: [] }
  }

  /** To be called in a change. */
  set(party: PolicyParty): void {
    if (party.aliases.length + party.groups.length === 0) this.#byWatcher.delete(party.aor)
    else this.#byWatcher.set(party.aor, party)
  }

  forget(watcher: Aor): void {
    this.#byWatcher.delete(watcher)
  }
}
