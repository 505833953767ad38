/**
 * A line that says how the connection is, where it is not as it should be.
 */
import { h, type JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../chat-model/state.ts'
import type { ChatClient } from './client.ts'

export function ConnectionBar({ client, connection }: { client: ChatClient; connection: Connection }): JSX.Element {
  return h(
    'div',
    { class: 'connection', role: 'status', 'data-connection': connection.kind },
    connection.kind === 'connecting' ? h('p', null, 'Connecting…') : null,
    connection.kind === 'waiting'
      ? h(
          'p',
          null,
          `Not connected: ${connection.reason}. `,
          h(Countdown, { untilMs: connection.untilMs }),
          ' ',
          h('button', { type: 'button', onClick: () => client.run({ kind: 'reconnect' }) }, 'Try now'),
        )
      : null,
  )
}

/** Not read out every second. */
function Countdown({ untilMs }: { readonly untilMs: number }): JSX.Element {
  const [nowMs, setNowMs] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(1, Math.ceil((untilMs - nowMs) / 1000))
  return h('span', { 'aria-hidden': 'true' }, `Next attempt in ${seconds} s.`)
}
