/** The loopback addresses of this machine: `::1` only where it has one. */
import { networkInterfaces } from 'node:os'

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

export const loopbacks: readonly string[] = hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']
