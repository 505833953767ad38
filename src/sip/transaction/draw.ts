/**
 * The machines as Mermaid text for `docs/transactions.md`, drawn from the tables that run (RFC 3261 §17, 6026, 4320).
 * Pure: text out. A tidy test writes the page and fails when it is stale.
 */

import { clientInvite } from './client-invite.ts'
import { clientNonInvite } from './client-non-invite.ts'
import type { Cell, Machine } from './machine.ts'
import { serverInvite } from './server-invite.ts'
import { serverNonInvite } from './server-non-invite.ts'
import { timerRules } from './timers.ts'

interface Page {
  readonly title: string
  readonly source: string
  readonly machine: Machine
}

const pages: readonly Page[] = [
  {
    title: 'INVITE client',
    source: 'RFC 3261 §17.1.1, figure 5, with RFC 6026: `src/sip/transaction/client-invite.ts`.',
    machine: clientInvite,
  },
  {
    title: 'Non-INVITE client',
    source: 'RFC 3261 §17.1.2, figure 6: `src/sip/transaction/client-non-invite.ts`.',
    machine: clientNonInvite,
  },
  {
    title: 'INVITE server',
    source: 'RFC 3261 §17.2.1, figure 7, with RFC 6026: `src/sip/transaction/server-invite.ts`.',
    machine: serverInvite,
  },
  {
    title: 'Non-INVITE server',
    source: 'RFC 3261 §17.2.2, figure 8, with RFC 4320: `src/sip/transaction/server-non-invite.ts`.',
    machine: serverNonInvite,
  },
]

const intro = `# The transaction machines

Generated from the tables in \`src/sip/transaction/\`;
\`UPDATE_DOCS=1 npx vitest run test/tidy/transactions-drawing.test.ts\` writes this page anew.

An arrow reads *event / actions*. An event without an arrow from a state is ignored there, and a timer whose event the
next state ignores is cancelled on the way.
`

/** The whole page. */
export function drawTransactions(): string {
  return [intro, ...pages.map(drawPage), drawTimers()].join('\n')
}

function drawPage(page: Page): string {
  return `## ${page.title}\n\n${page.source}\n\n\`\`\`mermaid\n${drawMachine(page.machine)}\`\`\`\n`
}

/** One state diagram. */
export function drawMachine(machine: Machine): string {
  const lines = ['stateDiagram-v2']
  for (const [state, row] of Object.entries(machine)) {
    for (const [event, cell] of Object.entries(row)) lines.push(drawArrow(state, event, cell))
  }
  lines.push('  terminated --> [*]')
  return `${lines.join('\n')}\n`
}

function drawArrow(state: string, event: string, cell: Cell): string {
  const [next, ...actions] = cell
  const source = state === 'initial' ? '[*]' : state
  return `  ${source} --> ${next} : ${[event, actions.join(', ')].filter((text) => text !== '').join(' / ')}`
}

function drawTimers(): string {
  const rows = timerRules.map(({ name, unreliableMs, reliableMs }) => {
    return `| ${name} | ${drawMs(unreliableMs)} | ${drawMs(reliableMs)} |`
  })
  return ['## Timers', '', '| timer | unreliable | reliable |', '| --- | --- | --- |', ...rows, ''].join('\n')
}

function drawMs(ms: number | null): string {
  if (ms === null) return 'not set'
  return ms === 0 ? '0: the state ends at once' : `${ms} ms`
}
