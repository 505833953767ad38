/**
 * `docs/torture-table.md` from the vectors of RFC 4475 and RFC 5118.
 */
import type { Vector } from '../../support/vectors.ts'

interface Suite {
  readonly rfc: string
  readonly vectors: readonly Vector[]
}

const intro = `# The torture messages of RFC 4475 and RFC 5118

What becomes of each message. The bytes and the reasons are in \`test/vectors/\`; this page is made from them by
\`npx vitest run test/conformance/rfc4475 -u\`, and a test fails when it is stale.

*As a datagram* is what the parser decides: accepted, answered with a status, or dropped without an answer. *Over a
stream* is what the framer decides before that. *Then* is what the layer that is named does with an accepted message.
`

export function tortureTable(suites: readonly Suite[]): string {
  return [intro, ...suites.map(suiteTable)].join('\n')
}

function suiteTable({ rfc, vectors }: Suite): string {
  const rows = vectors.map((vector) =>
    [
      vector.section,
      `\`${vector.name}\``,
      vector.title,
      vector.layer,
      vector.outcome,
      vector.stream,
      vector.decision ?? '',
    ].join(' | '),
  )
  const head = ['§', 'message', 'what it is', 'layer', 'as a datagram', 'over a stream', 'then']
  return [
    `## ${rfc}`,
    '',
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...rows.map((row) => `| ${row} |`),
    '',
  ].join('\n')
}
