/**
 * The way of captured packets to the collector, by UDP or TCP. What it does not take at once, beyond a bound, is
 * dropped and counted: a collector that is slow, or not there, costs the server nothing.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { connect, isIPv6, type Socket } from 'node:net'
import type { Counter, Metrics } from '../ports/metrics.ts'

export interface HepPlace {
  /** An address: nobody waits for a name server. */
  readonly host: string
  readonly port: number
  readonly transport: 'udp' | 'tcp'
}

/** Of packets that the system has not taken yet. */
export const waitingBytesMax = 1024 * 1024
const againAfterMs = 5_000

export class HepLink {
  readonly #place: HepPlace
  readonly #sent: Counter
  readonly #dropped: Counter
  #waitingBytes = 0
  #udp: UdpSocket | null = null
  #tcp: Socket | null = null
  #again: NodeJS.Timeout | null = null
  #isClosed = false

  constructor(place: HepPlace, metrics: Metrics) {
    const help = 'Packets of captured messages, by what became of them.'
    this.#place = place
    this.#sent = metrics.counter('meridian_hep_packets_total', help, { outcome: 'sent' })
    this.#dropped = metrics.counter('meridian_hep_packets_total', help, { outcome: 'dropped' })
    if (place.transport === 'udp') this.#openUdp()
    else this.#openTcp()
  }

  send(packet: Buffer): void {
    if (this.#udp) this.#sendUdp(this.#udp, packet)
    else if (this.#tcp?.readyState === 'open' && this.#tcp.writableLength < waitingBytesMax) {
      this.#tcp.write(packet)
      this.#sent.inc()
    } else this.#dropped.inc()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#again ?? undefined)
    this.#udp?.close()
    this.#tcp?.destroy()
    this.#udp = null
  }

  #openUdp(): void {
    const socket = createSocket(isIPv6(this.#place.host) ? 'udp6' : 'udp4')
    // Told by an unreachable collector too; each packet says by itself whether it went.
    socket.on('error', () => undefined)
    socket.unref()
    this.#udp = socket
  }

  #sendUdp(socket: UdpSocket, packet: Buffer): void {
    if (this.#waitingBytes + packet.length > waitingBytesMax) return this.#dropped.inc()
    this.#waitingBytes += packet.length
    socket.send(packet, this.#place.port, this.#place.host, (error) => {
      this.#waitingBytes -= packet.length
      if (error) this.#dropped.inc()
      else this.#sent.inc()
    })
  }

  #openTcp(): void {
    const socket = connect({ host: this.#place.host, port: this.#place.port })
    socket.unref()
    socket.resume()
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (this.#isClosed) return
      this.#again = setTimeout(() => this.#openTcp(), againAfterMs)
      this.#again.unref()
    })
    this.#tcp = socket
  }
}
