/**
 * Text of strangers for a terminal: without the signs that would move its cursor, colour it, or turn the direction of
 * what follows.
 */

/** C0 but tab and line feed, DEL, C1 (ESC and CSI among them), and the controls of direction (Unicode UAX 9). */
const controls = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu

export function cleanText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(controls, '\ufffd').replaceAll('\t', '    ').trimEnd()
}

/** For names and reasons. */
export function cleanLine(text: string): string {
  return cleanText(text).replaceAll('\n', ' ')
}

/** Two columns each: East Asian wide signs and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u
const withoutWidth = /\p{Mn}|\p{Me}|\p{Cf}/u

/** Lines of at most so many columns, broken at blanks; a word that is longer than that is cut. */
export function wrapToColumns(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ').filter((each) => each !== '')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`
    if (lines.length > 0 && columnsOf(longer) <= columns) lines[lines.length - 1] = longer
    else lines.push(cutToColumns(word, columns))
  }
  return lines
}

function columnsOf(text: string): number {
  let columns = 0
  for (const sign of text) columns += signColumns(sign)
  return columns
}

function signColumns(sign: string): number {
  if (withoutWidth.test(sign)) return 0
  return wide.test(sign) ? 2 : 1
}

/** At most so many columns, with … where something was cut off. */
export function cutToColumns(text: string, columns: number): string {
  let width = 0
  let kept = ''
  for (const sign of text) {
    width += signColumns(sign)
    if (width > columns) return `${kept.slice(0, -1)}…`
    kept += sign
  }
  return kept
}
