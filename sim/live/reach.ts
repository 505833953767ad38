/**
 * One connection before thousands: is there anybody, and do we trust who it is? Each way to fail has a cure in words.
 */
import { connectFlow } from '../../src/transport/index.ts'
import type { Target } from './target.ts'

const deadlineMs = 5_000

export interface Trust {
  readonly ca: string | null
  readonly serverName: string | null
}

/** Null where the target answers; else what is wrong and what helps. Over UDP silence is found out later. */
export async function tryTarget(target: Target, { ca, serverName }: Trust): Promise<string | null> {
  const tls = { ...(ca !== null && { ca }), ...(serverName !== null && { servername: serverName }) }
  const sink = { onFlowOpened() {}, onFlowMessage() {}, onFlowFault() {}, onFlowClosed() {} }
  try {
    const flow = await connectFlow({ ...target, tls, path: '/', deadlineMs }, sink)
    flow.close('sim.tried')
    return null
  } catch (error) {
    return words(target, error as NodeJS.ErrnoException)
  }
}

function words({ host, port, transport }: Target, error: NodeJS.ErrnoException): string {
  const where = `${host} port ${port} over ${transport}`
  const { code = '', message } = error
  if (code === 'ECONNREFUSED') return `nobody listens at ${where}: start the server, or correct --target`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name ${host} does not resolve: correct --target`
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return `there is no way to ${host}: look at the network`
  if (code === 'ETIMEDOUT' || / in \d+ ms$/.test(message)) return `${where} does not answer: look at its firewall`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the certificate of ${where} is not for ${host}: give the name that it carries with --server-name`
  }
  if (/CERT|SIGNED|ISSUER|VERIFY/.test(code)) {
    return `the certificate of ${where} is not trusted (${code}): give its authority with --ca FILE`
  }
  if (code === 'EPROTO' || /WRONG_VERSION|SSL/.test(code)) return `${where} does not speak TLS: correct the transport`
  return `${where} cannot be reached: ${message}`
}
