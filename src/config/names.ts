/**
 * What a domain name, a host or an address looks like in the configuration, and which hosts are loopback.
 */
import type { TextRule } from './key.ts'

const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i
const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$/

export function isDomainName(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => label.test(part))
}

export function isIpv4(text: string): boolean {
  return ipv4.test(text) && !text.endsWith('.')
}

/** Loose on purpose: the kernel is asked in the end, this only tells a typing error from an address. */
export function isIpv6(text: string): boolean {
  return /^[0-9a-f:.]{2,45}(?:%[\w.-]+)?$/i.test(text) && (text.match(/:/g)?.length ?? 0) >= 2
}

export function isLoopback(host: string): boolean {
  const lower = host.toLowerCase()
  return lower === 'localhost' || lower === '::1' || (isIpv4(lower) && lower.startsWith('127.'))
}

export const domainName: TextRule = {
  accepts: isDomainName,
  expected: 'expected a domain name such as example.test',
}

export const hostOrAddress: TextRule = {
  accepts: (text) => isIpv4(text) || isIpv6(text) || isDomainName(text),
  expected: 'expected a host name, an IPv4 address or an IPv6 address without brackets',
}

export const address: TextRule = {
  accepts: (text) => isIpv4(text) || isIpv6(text),
  expected: 'expected an IPv4 address or an IPv6 address without brackets',
}
