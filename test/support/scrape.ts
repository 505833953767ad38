/**
 * Prometheus' text format read back (0.0.4): families with type and help, and their series.
 */

export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly name: string
  readonly type: string
  readonly help: string
  /** Names of labels, `le` apart; sorted. */
  readonly labels: readonly string[]
}

export function familiesOf(text: string): Family[] {
  const helps = new Map([...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name, help]) => [name!, help!]))
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => {
    const series = new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{([^}]*)\\} `, 'gm')
    const found = [...text.matchAll(series)].flatMap(([, pairs = '']) =>
      [...pairs.matchAll(/(\w+)="/g)].map(([, label]) => label!),
    )
    const labels = [...new Set(found)].filter((label) => label !== 'le').sort()
    return { name, type, help: helps.get(name) ?? '', labels }
  })
}
