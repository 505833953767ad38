/**
 * HTML from values: everything that is text is escaped, what is markup already says so.
 */

export interface Markup {
  readonly html: string
}

type Part = string | number | Markup | null | readonly Part[]

/** A template whose values are escaped: html`<b>${name}</b>`. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { html: texts.reduce((sum, each, index) => sum + rendered(parts[index - 1] ?? null) + each) }
}

function rendered(part: Part): string {
  if (part === null) return ''
  if (Array.isArray(part)) return part.map(rendered).join('')
  if (typeof part === 'object') return (part as Markup).html
  return escaped(String(part))
}

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

export interface Column {
  readonly head: string
  /** Numbers stand to the right. */
  readonly isNumber?: boolean
}

/** A wide table scrolls in its own place, which can be reached by keyboard. The first cell of a row is its head. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly (string | Markup)[])[],
): Markup {
  const cell = (value: string | Markup, at: number) => {
    const align = columns[at]?.isNumber ? { html: ' class="number"' } : null
    return at === 0 ? html`<th scope="row">${value}</th>` : html`<td${align}>${value}</td>`
  }
  const heads = columns.map(({ head, isNumber }) => {
    const align = isNumber ? { html: ' class="number"' } : null
    return html`<th scope="col"${align}>${head}</th>`
  })
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr>${heads}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map(cell)}</tr>
`,
  )}</tbody></table></div>
`
}
