/**
 * An IPv6 address as the sixteen bytes that binary formats carry.
 */

/** Of a valid address; a zone is left out. */
export function ipv6Bytes(address: string): Buffer {
  const groups = expandIpv6(address.replace(/%.*$/, ''))
  const bytes = Buffer.alloc(16)
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(group, 2 * index)
  return bytes
}

/** Eight groups of a valid IPv6 address, with `::` and a trailing dotted quad resolved. */
function expandIpv6(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const high = (Number(a) << 8) | Number(b)
    const low = (Number(c) << 8) | Number(d)
    return `${high.toString(16)}:${low.toString(16)}`
  })
  const [left = '', right] = hex.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const leading = groups(left)
  const trailing = right === undefined ? [] : groups(right)
  return [...leading, ...new Array<number>(8 - leading.length - trailing.length).fill(0), ...trailing]
}
