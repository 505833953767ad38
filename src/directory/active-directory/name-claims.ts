/**
 * Who claims which address in the directory, so that nobody speaks for another: an address that two have as their SIP
 * address is neither's, and another name counts only where nobody else has it in any way.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { DirectoryUser } from './directory-user.ts'

export class NameClaims {
  readonly #primary = new Map<Aor, Set<string>>()
  readonly #other = new Map<Aor, Set<string>>()

  /** What he claims now in place of what he claimed before. Returns whose names may count otherwise now. */
  change(guid: string, before: DirectoryUser | null, now: DirectoryUser | null): ReadonlySet<string> {
    const names = [before, now].flatMap((user) => (user ? [user.aor, ...user.aliases] : []))
    const touched = new Set(names.filter((name): name is Aor => name !== null))
    if (before?.aor) drop(this.#primary, before.aor, guid)
    for (const alias of before?.aliases ?? []) drop(this.#other, alias, guid)
    if (now?.aor) add(this.#primary, now.aor, guid)
    for (const alias of now?.aliases ?? []) add(this.#other, alias, guid)
    return new Set([...touched].flatMap((name) => [...this.#claimants(name)]))
  }

  /** Those who have it as their SIP address. */
  rivals(aor: Aor): readonly string[] {
    return [...(this.#primary.get(aor) ?? [])]
  }

  /** Of another name of his: it is his alone. */
  isOwn(guid: string, alias: Aor): boolean {
    return this.#claimants(alias).every((each) => each === guid)
  }

  #claimants(name: Aor): readonly string[] {
    return [...(this.#primary.get(name) ?? []), ...(this.#other.get(name) ?? [])]
  }
}

function add(claims: Map<Aor, Set<string>>, name: Aor, guid: string): void {
  claims.set(name, (claims.get(name) ?? new Set()).add(guid))
}

function drop(claims: Map<Aor, Set<string>>, name: Aor, guid: string): void {
  const left = claims.get(name)
  left?.delete(guid)
  if (left?.size === 0) claims.delete(name)
}
