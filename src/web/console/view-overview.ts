/**
 * The state at a glance: users, rates with their curves, latencies, workers, store and certificates.
 */
import { h, type JSX } from 'preact'
import type { Summary } from '../console-model/answers.ts'
import { messagesPerSecond } from '../console-model/history.ts'
import { boundWords, bytesWords, daysWords, numberWords, spanWords } from '../console-model/words.ts'
import type { ConsoleState } from './console-client.ts'
import { Chart } from './view-chart.ts'
import { Table } from './view-table.ts'

/** Renewing takes a moment, and somebody has to see it first. */
const fewDays = 30

export function Overview({ state }: { readonly state: ConsoleState }): JSX.Element {
  const { summary, summaryFault, history } = state
  return h(
    'div',
    { class: 'overview' },
    h('h1', null, 'Overview'),
    h(
      'div',
      { role: 'alert' },
      summaryFault === null ? null : h('p', { class: 'fault' }, `${summaryFault} What you see is older.`),
    ),
    summary === null
      ? h('p', { role: 'status' }, 'Loading…')
      : [
          h(Figures, { summary, key: 'figures' }),
          h(
            'div',
            { class: 'charts', key: 'charts' },
            h(Chart, { title: 'Registered users', values: history.map(({ users }) => users) }),
            h(Chart, { title: 'Messages a second', values: history.map(({ messages }) => messages) }),
            h(Chart, { title: 'NOTIFYs a second', values: history.map(({ notifies }) => notifies) }),
          ),
          h(Details, { summary, key: 'details' }),
        ],
  )
}

function Figures({ summary }: { readonly summary: Summary }): JSX.Element {
  const { now, perSecond } = summary.figures
  const figures: readonly (readonly [string, string])[] = [
    ['Registered users', numberWords(now.users ?? 0)],
    ['Connections', numberWords(now.flows ?? 0)],
    ['Subscriptions', numberWords(now.subscriptions ?? 0)],
    ['Messages a second', numberWords(messagesPerSecond(perSecond))],
    ['NOTIFYs a second', numberWords(perSecond.notifies ?? 0)],
    ['Refused a second', numberWords((perSecond.refused ?? 0) + (perSecond.overloaded ?? 0))],
    ['Up for', spanWords(summary.atMs - summary.startedMs)],
    ['Store', bytesWords(summary.store.bytes)],
  ]
  return h(
    'dl',
    { class: 'figures' },
    figures.map(([name, value]) => h('div', { key: name }, h('dt', null, name), h('dd', null, value))),
  )
}

function Details({ summary }: { readonly summary: Summary }): JSX.Element {
  const { figures, store, certificates } = summary
  const latencies = Object.entries(figures.latencySeconds).map(([name, { p50, p99 }]) => [
    name,
    boundWords(p50),
    boundWords(p99),
  ])
  const columns = Object.keys(figures.workers[0]?.values ?? {}).filter((name) => name !== 'busy')
  const workers = figures.workers.map(({ worker, values }) => [
    `Worker ${worker}`,
    `${Math.round((values.busy ?? 0) * 100)} %`,
    ...columns.map((name) => numberWords(values[name] ?? 0)),
  ])
  return h(
    'div',
    { class: 'details' },
    section('Latency', h(Table, { caption: 'Latency', head: ['What', 'Half within', '99 % within'], rows: latencies })),
    section('Workers', h(Table, { caption: 'Workers', head: ['Worker', 'Busy', ...columns], rows: workers })),
    section(
      'Store and certificates',
      h(Table, {
        caption: 'Store and certificates',
        head: ['What', 'State', 'Name'],
        rows: [
          ['Store', word(store.writable, store.detail), ''],
          ...certificates.map(({ what, subject, daysLeft, fault }) => [
            `Certificate: ${what}`,
            word(daysLeft !== null && daysLeft > fewDays, daysWords(daysLeft)),
            fault ?? subject,
          ]),
        ],
      }),
    ),
  )
}

/** By a word too, for who does not tell colours apart. */
function word(isGood: boolean, text: string): JSX.Element {
  return h('span', { class: isGood ? 'good' : 'bad' }, isGood ? text : `Look: ${text}`)
}

function section(title: string, content: JSX.Element): JSX.Element {
  return h('section', { key: title }, h('h2', null, title), content)
}
