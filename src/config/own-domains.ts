/**
 * The domains that this server is configured for.
 */
import type { DomainConfig } from './sections/domain.ts'

/** The domain's name first, then its aliases; lower case, each once. */
export function ownDomains({ name, aliases }: DomainConfig): readonly string[] {
  return [...new Set([name, ...aliases].map((each) => each.toLowerCase()))]
}
