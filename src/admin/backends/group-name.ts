/**
 * The names of groups that administrators type, checked and brought into one form: `Sales` and `sales` are one group.
 */

export const groupCharsMax = 64
/** Rules are looked up for each pair of groups of two people. */
export const groupsMax = 64

export type GroupsCheck =
  | { readonly ok: true; readonly groups: readonly string[] }
  | { readonly ok: false; readonly message: string }

/** In the order of their letters, each once. */
export function readGroups(texts: readonly string[]): GroupsCheck {
  const groups = new Set<string>()
  for (const text of texts) {
    const group = text.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase()
    const fault = groupFault(text, group)
    if (fault !== null) return { ok: false, message: fault }
    groups.add(group)
  }
  if (groups.size > groupsMax)
    return { ok: false, message: `${groups.size} groups; an account has at most ${groupsMax}` }
  return { ok: true, groups: [...groups].sort() }
}

/** `*` stands for everybody in rules, and `;` parts groups in a file: neither begins, nor is in, a name. */
function groupFault(text: string, group: string): string | null {
  if (group.length > groupCharsMax) return `the group "${text}" has more than ${groupCharsMax} characters`
  if (/^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._&'()/+-]*$/u.test(group)) return null
  return `"${text}" is no name of a group, such as sales or "human resources"`
}
