/**
 * Via values (RFC 3261 §20.42, rport RFC 3581). Where a response goes is decided by who sends it; matching of
 * transactions by branch and sent-by is in `../transaction/`.
 */
import { parseHostPort } from '../uri/host.ts'
import { type Params, parseParams, skipBlanks } from './params.ts'
import { parseDigits } from './text.ts'

export interface Via {
  /** Upper case: `UDP`, `TCP`, `TLS`, `WS`, `WSS`, or what a stranger calls his. */
  readonly transport: string
  /** `sent-by`: host as it came, IPv6 in brackets. */
  readonly host: string
  readonly port: number | null
  readonly branch: string | null
  /** `'asked'` for a bare `rport`, which the receiver fills in. */
  readonly rport: number | null | 'asked'
  /** An address; IPv6 with or without brackets, as it came (RFC 5118 §4.5). */
  readonly received: string | null
  readonly params: Params
}

const sentProtocol = /^[ \t]*SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*([\w.!%*+`'~-]+)[ \t]+/i

/** Parses one value, not a list; `null` when it is malformed. */
export function parseVia(text: string): Via | null {
  const protocol = sentProtocol.exec(text)
  if (protocol === null) return null
  const start = protocol[0].length
  const semicolon = text.indexOf(';', start)
  const end = semicolon < 0 ? text.length : semicolon
  const sentBy = parseHostPort(text.slice(skipBlanks(text, start), end).trimEnd())
  const params = parseParams(text, end)
  if (sentBy === null || params === null) return null
  return {
    transport: protocol[1]!.toUpperCase(),
    host: sentBy.host,
    port: sentBy.port,
    branch: params.get('branch') ?? null,
    rport: parseRport(params.get('rport')),
    received: params.get('received') ?? null,
    params,
  }
}

function parseRport(text: string | null | undefined): Via['rport'] {
  if (text === undefined) return null
  if (text === null || text === '') return 'asked'
  const port = parseDigits(text, 5)
  return port >= 1 && port <= 65_535 ? port : null
}
