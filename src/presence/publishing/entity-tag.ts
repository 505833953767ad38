/**
 * Entity tags of publications (RFC 3903 §4.1, §6): a random id and a generation under a MAC, so that a restart, which
 * knows the generation only up to what was reserved, can tell a tag of ours from an invented one.
 */
import type { Seals } from '../../ports/seals.ts'
import type { Aor } from '../../sip/uri/aor.ts'

/** Generations reserved at once: so many refreshes write nothing. */
export const generationBlock = 16

export interface EntityTag {
  readonly id: string
  readonly generation: number
}

export function sealEntityTag(seals: Seals, aor: Aor, { id, generation }: EntityTag): string {
  const text = `${id}.${generation.toString(36)}`
  return `${text}.${macOf(seals, aor, text)}`
}

const pattern = /^([0-9a-f]{8,40})\.([0-9a-z]{1,8})\.([\w-]{1,64})$/

/** Null for what is no tag of ours for this user. */
export function openEntityTag(seals: Seals, aor: Aor, tag: string): EntityTag | null {
  const parts = pattern.exec(tag)
  if (!parts) return null
  const [, id = '', generation = '', mac = ''] = parts
  if (mac !== macOf(seals, aor, `${id}.${generation}`)) return null
  return { id, generation: Number.parseInt(generation, 36) }
}

function macOf(seals: Seals, aor: Aor, text: string): string {
  return seals.mac('entity-tag', `${aor} ${text}`).slice(0, 16)
}
