/**
 * A table that scrolls by itself where the window is narrow; what stands in it is text, whatever it looks like.
 */
import { type ComponentChildren, h, type JSX } from 'preact'

export interface TableProps {
  readonly caption: string
  readonly head: readonly string[]
  /** The first of each names its row. */
  readonly rows: readonly (readonly ComponentChildren[])[]
}

export function Table({ caption, head, rows }: TableProps): JSX.Element {
  return h(
    'div',
    { class: 'scrolls', tabIndex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      null,
      h('caption', { class: 'unseen' }, caption),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          head.map((title) => h('th', { scope: 'col', key: title }, title)),
        ),
      ),
      h(
        'tbody',
        null,
        rows.map((row, index) => h('tr', { key: index }, row.map(cell))),
      ),
    ),
  )
}

function cell(content: ComponentChildren, column: number): JSX.Element {
  return column === 0 ? h('th', { scope: 'row', key: column }, content) : h('td', { key: column }, content)
}
