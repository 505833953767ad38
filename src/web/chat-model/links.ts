/**
 * Where a text has links: only http and https, only whole addresses; everything else stays text.
 */
export interface TextPiece {
  readonly text: string
  /** Null: no link. */
  readonly href: string | null
}

const linkPattern = /\bhttps?:\/\/[^\s<>"'`\u2018-\u201f\p{Cc}\p{Cf}]+/giu

export function piecesOf(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = []
  let at = 0
  for (const match of text.matchAll(linkPattern)) {
    const found = withoutEnd(match[0])
    const href = safeHref(found)
    if (href === null) continue
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), href: null })
    pieces.push({ text: found, href })
    at = match.index + found.length
  }
  if (at < text.length) pieces.push({ text: text.slice(at), href: null })
  return pieces
}

/** The point at the end of a sentence is no part of it, nor a bracket that was opened before it. */
function withoutEnd(link: string): string {
  let found = link.replace(/[.,;:!?]+$/, '')
  while (found.endsWith(')') && count(found, ')') > count(found, '(')) found = found.slice(0, -1)
  return found
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1
}

function safeHref(text: string): string | null {
  if (!URL.canParse(text)) return null
  const { protocol, username, password, href } = new URL(text)
  // A name before the host is there to make it look like another.
  const isPlain = username === '' && password === ''
  return isPlain && (protocol === 'https:' || protocol === 'http:') ? href : null
}
