/**
 * Distinguished names (RFC 4514) as far as they are needed: compared, and whether one is below another. Names come
 * from the directory, never from clients.
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

/** What was deleted is renamed with a line feed and `DEL:`, and moved into the container of deleted objects. */
export function isDeletedDn(dn: string): boolean {
  return /\\0ADEL:|\nDEL:/i.test(dn) || /(?:^|,)CN=Deleted Objects,/i.test(dn)
}

export function isBelow(dn: string, base: string): boolean {
  const [below, above] = [dnKey(dn), dnKey(base)]
  return below === above || below.endsWith(`,${above}`)
}

/** A value as it stands in a distinguished name (RFC 4514 §2.4). */
export function rdnValue(value: string): string {
  return value.replace(/[,+"\\<>;=]|^[ #]| $/g, '\\$&')
}

/** The value of the first part, without escapes: what is called by it. */
export function firstPart(dn: string): string {
  const value = (parts(dn)[0] ?? '').replace(/^[^=]*=\s*/, '')
  return value.replace(/\\([,+"\\<>;= #])/g, '$1')
}
