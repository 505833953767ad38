/**
 * A small chart of the last minutes: a curve and its scale for who sees it, a sentence for who does not.
 */
import { h, type JSX } from 'preact'
import { niceMax, polyline } from '../console-model/history.ts'
import { numberWords } from '../console-model/words.ts'

export interface ChartProps {
  readonly title: string
  readonly values: readonly number[]
}

const box = { width: 300, height: 60 }

export function Chart({ title, values }: ChartProps): JSX.Element {
  const newest = values.at(-1)
  const now = newest === undefined ? '–' : numberWords(newest)
  const most = numberWords(Math.max(0, ...values))
  const label = `${title}: now ${now}, at most ${most} in the last five minutes`
  return h(
    'figure',
    { class: 'chart' },
    h('figcaption', null, h('span', { class: 'quiet' }, title), h('strong', null, now)),
    h(
      'svg',
      { viewBox: `0 0 ${box.width} ${box.height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
      h('line', { x1: 0, x2: box.width, y1: box.height, y2: box.height, class: 'axis' }),
      h('line', { x1: 0, x2: box.width, y1: 0, y2: 0, class: 'axis' }),
      h('polyline', { points: polyline(values, box), class: 'curve' }),
    ),
    h('p', { class: 'quiet small', 'aria-hidden': true }, `0 to ${numberWords(niceMax(values))}, five minutes`),
  )
}
