/**
 * One request again and again over HTTPS (autocannon): closed loop, so each connection waits for its answer.
 */
import type autocannon from 'autocannon'

export interface Repeated {
  /** `https://127.0.0.1:5443` */
  readonly base: string
  readonly path: string
  readonly connections: number
  readonly seconds: number
  readonly headers?: Readonly<Record<string, string>>
  /** Of each connection, where its requests differ. */
  readonly setupClient?: (client: autocannon.Client) => void
}

export interface Asked {
  readonly perSecond: number
  readonly p99Ms: number
  /** Answers of another status, errors and requests without an answer. */
  readonly others: number
}

export async function askRepeatedly(wanted: Repeated): Promise<Asked> {
  const { base, path, connections, seconds, headers = {}, setupClient } = wanted
  // For development only: the other benches run without it.
  const { default: ask } = await import('autocannon')
  const result = await ask({
    url: base + path,
    connections,
    duration: seconds,
    headers: { ...headers },
    ...(setupClient && { setupClient }),
  })
  const { requests, latency, non2xx, errors, timeouts } = result
  return { perSecond: requests.average, p99Ms: latency.p99, others: non2xx + errors + timeouts }
}
