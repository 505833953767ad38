/**
 * What a run is aimed at: `sip:127.0.0.1:5060;transport=tcp`, `sips:im.example.test:5061`, `wss://…`. Machines of
 * others are not loaded by mistake: what is outside loopback and private ranges has to be claimed by name.
 */
import { isIP } from 'node:net'
import type { SimTransport } from '../users/fleet.ts'

export interface Target {
  readonly host: string
  readonly port: number
  readonly transport: SimTransport
}

export type TargetRead =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly message: string }

const defaultPorts: Readonly<Record<SimTransport, number>> = { udp: 5060, tcp: 5060, tls: 5061, wss: 443 }

/** `transport` as the user asked for besides; null: what the URI says, or TCP. */
export function readTarget(text: string, transport: SimTransport | null): TargetRead {
  const found = /^(sips?|wss):(?:\/\/)?(\[[0-9a-f:.]+\]|[^:;/?]+)(?::(\d{1,5}))?(?:\/)?(;.*)?$/i.exec(text)
  if (!found) return no(`"${text}" is no target; write sip:HOST:PORT, sips:HOST:PORT or wss://HOST:PORT`)
  const [, scheme, host, portText, parameters = ''] = found
  const named = /;transport=(\w+)/i.exec(parameters)?.[1]?.toLowerCase()
  const said = scheme!.toLowerCase() === 'wss' ? 'wss' : scheme!.toLowerCase() === 'sips' ? 'tls' : named
  if (said !== undefined && !(said in defaultPorts)) return no(`transport ${said} is not one of udp, tcp, tls, wss`)
  if (said !== undefined && transport !== null && said !== transport) {
    return no(`the target says ${said} and --transport says ${transport}; leave one of them out`)
  }
  const chosen = (transport ?? said ?? 'tcp') as SimTransport
  const port = portText === undefined ? defaultPorts[chosen] : Number(portText)
  if (port < 1 || port > 65_535) return no(`port ${port} is not between 1 and 65535`)
  return { ok: true, target: { host: host!.replace(/^\[|\]$/g, ''), port, transport: chosen } }
}

function no(message: string): TargetRead {
  return { ok: false, message }
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address === 'localhost' || (isIP(address) === 4 && address.startsWith('127.'))
}

/** RFC 1918, RFC 4193, link local: a network of one's own. Names count by what they resolve to. */
export function isPrivate(address: string): boolean {
  if (isLoopback(address)) return true
  if (isIP(address) === 6) return /^f[cd]|^fe[89ab]/i.test(address)
  return /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address)
}

/** Null where the run may begin; else what to do. `addresses`: what the host resolves to. */
export function refuseTarget(target: Target, addresses: readonly string[], owned: string | null): string | null {
  const foreign = addresses.find((address) => !isPrivate(address))
  if (foreign === undefined || owned === target.host) return null
  return (
    `${target.host} (${foreign}) is not on this machine or in a private network; a load test of somebody else's ` +
    `server is an attack. If it is yours, add --i-own-this-target ${target.host}`
  )
}
