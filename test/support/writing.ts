/**
 * Messages on the wires of a `ServerWorld`: MESSAGE by somebody who is signed in, and what came.
 */
import type { WireClient } from './wire-client.ts'

/** The status of a MESSAGE of somebody who is signed in; a challenge is one too. */
export function write(from: WireClient, to: string, body: string): number {
  return from.final(from.send('MESSAGE', { uri: `sip:${to}@example.test`, body })).statusCode
}

export function bodiesOf(client: WireClient): string[] {
  return client.requests('MESSAGE').map(({ body }) => String(body))
}
