/**
 * The newest capacity report in short; the whole is the page beside it (`report.html`).
 */
import { h, type JSX } from 'preact'
import type { ShownReport } from '../console-model/answers.ts'
import { dateWords } from '../console-model/words.ts'
import { useAnswer } from './ask-once.ts'
import type { ConsoleClient } from './console-client.ts'

export function ReportView({ client }: { readonly client: ConsoleClient }): JSX.Element {
  const { result } = useAnswer<ShownReport | null>(client, '/v1/report')
  return h('div', null, h('h1', null, 'Capacity report'), result === null ? h('p', null, 'Loading…') : shown(result))
}

function shown(result: NonNullable<ReturnType<typeof useAnswer<ShownReport | null>>['result']>): JSX.Element {
  if (!result.ok) return h('p', { class: 'fault', role: 'alert' }, result.message)
  if (result.value === null) {
    return h(
      'p',
      { class: 'quiet' },
      'There is none in admin.reportsFolder. One is made by meridian report --profile …',
    )
  }
  const { file, atMs, report } = result.value
  const { word, sentence, paragraph, label } = report.verdict ?? {}
  const warnings = report.warnings ?? []
  return h(
    'div',
    null,
    h('p', { class: 'verdict' }, h('strong', null, word ?? 'no verdict'), label ? ` (${label})` : ''),
    h('p', null, sentence ?? ''),
    h('p', null, paragraph ?? ''),
    warnings.length === 0
      ? null
      : h(
          'ul',
          null,
          warnings.map((warning) => h('li', { key: warning }, warning)),
        ),
    h('p', { class: 'quiet small' }, `${file}, ${dateWords(atMs)} UTC`),
  )
}
