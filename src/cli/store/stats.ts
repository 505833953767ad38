/**
 * `meridian store stats`: how much the store holds, by kind of record.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { pairs, table } from '../table.ts'

export const description: CommandDescription = {
  path: ['store', 'stats'],
  purpose: 'show how much the store holds',
  examples: [
    { line: 'meridian store stats', text: 'records and bytes, by kind' },
    { line: "meridian store stats --json | jq '.result.quarantined'", text: 'how many records could not be read' },
  ],
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.storeStats()
    if (!result.ok) return refusedOutcome(result)
    const { folder, bytes, records, quarantined, byKind } = result.value
    const head = pairs([
      ['folder', folder],
      ['size', `${bytes} bytes`],
      ['records', String(records)],
      ['quarantined', String(quarantined)],
    ])
    const rows = Object.entries(byKind).map(([kind, sum]) => [kind, String(sum.records), String(sum.bytes)])
    return done(result.value, rows.length === 0 ? head : `${head}\n\n${table(['kind', 'records', 'bytes'], rows)}`)
  })
}
