/**
 * Where devices connect from. One source address has some 28,000 ports to one destination, and a server counts its
 * limits by address: against loopback every device gets an address of its own in 127.16.0.0/12 (a million), others
 * share the machine's.
 */
import { isLoopback } from './target.ts'

const lastOctets = 254
const perSecondOctet = lastOctets * 256
/** 127.16.0.0 to 127.31.255.255. */
const addresses = 16 * perSecondOctet
/** Of the 28,232 that the kernel gives out by itself. */
export const portsPerAddress = 20_000

/** Undefined: the kernel chooses. IPv6 loopback has one address only. */
export function sourceAddress(host: string, device: number): string | undefined {
  if (!isLoopback(host) || host.includes(':')) return undefined
  const number = device % addresses
  const [second, third] = [16 + Math.floor(number / perSecondOctet), Math.floor(number / lastOctets) % 256]
  // No address that ends in 0 or 255: some software takes those for networks.
  return `127.${second}.${third}.${1 + (number % lastOctets)}`
}

/** Null where so many devices can connect; else why not and what helps. */
export function refusePorts(host: string, devices: number): string | null {
  const isMany = isLoopback(host) && !host.includes(':')
  const most = isMany ? addresses * portsPerAddress : portsPerAddress
  if (devices <= most) return null
  return (
    `${devices} connections from one address to ${host} need more ports than there are (${portsPerAddress}); ` +
    'use fewer users, or several machines'
  )
}
