/**
 * Header lines as MIME parts and message/cpim have them (RFC 2045 §5.1, RFC 3862 §2.1): a name, a colon, a value.
 */

/** Names in lower case. The last of those that have one name counts. */
export function headersOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
}
