/**
 * Distinguished names (RFC 4514) as far as they are needed: compared, and their parents. Names come from the
 * directory, never from clients.
 */

/** The parts between unescaped commas, the first the deepest. */
function parts(dn: string): string[] {
  return dn.split(/(?<=(?<!\\)(?:\\\\)*),/).map((part) => part.replace(/,$/, '').trim())
}

/** The same spelling for names that a directory takes for the same, but for escapes written in two ways. */
export function dnKey(dn: string): string {
  return parts(dn)
    .map((part) => part.replace(/\s*=\s*/, '='))
    .join(',')
    .toLowerCase()
}

/** The name `levels` above. */
export function dnAbove(dn: string, levels: number): string {
  return parts(dn).slice(levels).join(',')
}

/** The value of the first part, unescaped: the `alice` of `CN=alice,OU=…`. */
export function dnName(dn: string): string {
  const first = parts(dn)[0] ?? ''
  return first
    .slice(first.indexOf('=') + 1)
    .replace(/\\([0-9a-f]{2}|.)/gi, (_, kept: string) =>
      kept.length === 2 ? String.fromCharCode(Number.parseInt(kept, 16)) : kept,
    )
}

/** What was deleted is renamed with a line feed and `DEL:`, and moved into the container of deleted objects. */
export function isDeletedDn(dn: string): boolean {
  return /\\0ADEL:|\nDEL:/i.test(dn) || /(?:^|,)CN=Deleted Objects,/i.test(dn)
}

export function isBelow(dn: string, base: string): boolean {
  const [below, above] = [dnKey(dn), dnKey(base)]
  return below === above || below.endsWith(`,${above}`)
}

/** `DC=corp,DC=example` of any name below it, as `corp.example`. */
export function dnDomain(dn: string): string {
  return parts(dn)
    .filter((part) => /^DC=/i.test(part))
    .map((part) => part.slice(3))
    .join('.')
    .toLowerCase()
}
