/**
 * How people are named in a terminal: `bob` for those of our own domain, `bob@example.org` for others.
 */
import { type Aor, aorDomain, parseAor } from '../../sip/uri/aor.ts'
import { cleanLine } from './clean-text.ts'

/** Null for what can be nobody's name. */
export function aorOfName(name: string, domain: string): Aor | null {
  const bare = name.trim().replace(/^sips?:/i, '')
  if (bare === '' || /\s/.test(bare)) return null
  return parseAor(`sip:${encodeURI(bare.includes('@') ? bare : `${bare}@${domain}`)}`)
}

export function nameOfAor(aor: string, domain: string): string {
  const bare = aor.replace(/^sip:/, '')
  const isOwn = aorDomain(aor as Aor) === domain
  const name = isOwn ? bare.slice(0, bare.lastIndexOf('@')) : bare
  try {
    return cleanLine(decodeURIComponent(name))
  } catch {
    return cleanLine(name)
  }
}
