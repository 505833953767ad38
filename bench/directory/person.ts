/**
 * One user of a directory: enrols over HTTPS and registers over TCP, each from a loopback address of its own, so that
 * the limits of one address are not what is measured.
 */
import { request } from 'node:https'
import { connect, type Socket } from 'node:net'
import { parseChallenge } from '../../src/sip/digest/challenge.ts'
import { answerChallenge } from '../../src/sip/digest/client.ts'

interface Place {
  readonly host: string
  readonly port: number
}

export interface Places {
  readonly web: Place
  readonly tcp: Place
  readonly domain: string
}

const deadlineMs = 30_000

export class Person {
  readonly #name: string
  readonly #address: string
  readonly #places: Places
  #secret = ''
  #count = 0

  constructor(name: string, index: number, places: Places) {
    this.#name = name
    this.#address = `127.${64 + (index >> 14)}.${(index >> 7) & 127}.${1 + (index & 127)}`
    this.#places = places
  }

  async enrol(password: string): Promise<void> {
    const device = 'bench'
    const { status, body } = await this.web('POST', '/enroll', JSON.stringify({ name: this.#name, password, device }))
    if (status !== 201) throw new Error(`${this.#name}: ${status} ${body}`)
    this.#secret = (JSON.parse(body) as { secret: string }).secret
  }

  web(method: string, path: string, text: string): Promise<{ readonly status: number; readonly body: string }> {
    const { host, port } = this.#places.web
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    // The certificate of a server under test is its own; nothing is measured of it.
    const to = { host, port, path, method, headers, agent: false, rejectUnauthorized: false, timeout: deadlineMs }
    return new Promise((resolve, reject) => {
      const local = path === '/metrics' ? {} : { localAddress: this.#address }
      const asked = request({ ...to, ...local }, async (response) => {
        let body = ''
        for await (const chunk of response) body += chunk
        resolve({ status: response.statusCode ?? 0, body })
      })
      asked.on('error', reject)
      asked.on('timeout', () => asked.destroy(new Error(`${this.#name}: no answer`)))
      asked.end(text)
    })
  }

  /** Digest over a connection of its own, which ends then. */
  async signIn(): Promise<void> {
    const { host, port } = this.#places.tcp
    const socket = connect({ host, port, localAddress: this.#address })
    const { promise: failed, reject } = Promise.withResolvers<never>()
    socket.on('error', reject)
    socket.setTimeout(deadlineMs, () => reject(new Error(`${this.#name}: no answer to REGISTER`)))
    const ask = (credentials: string) => {
      socket.write(this.#register(credentials))
      return Promise.race([wholeAnswer(socket), failed])
    }
    try {
      const challenge = await ask('')
      const lines = [...challenge.matchAll(/^WWW-Authenticate: (.+)\r$/gim)]
      const challenges = lines.flatMap(([, text = '']) => parseChallenge(text) ?? [])
      const uri = `sip:${this.#places.domain}`
      const username = `${this.#name}+bench`
      const login = { username, password: this.#secret, method: 'REGISTER', uri, body: null, nc: 1, cnonce: 'c' }
      const answer = await ask(`Authorization: ${answerChallenge(challenges, login) ?? ''}\r\n`)
      const stale = /stale=true/i.test(answer) ? ', stale' : ''
      if (!answer.startsWith('SIP/2.0 200 ')) throw new Error(`${this.#name}: ${answer.split('\r\n')[0]}${stale}`)
    } finally {
      socket.destroy()
    }
  }

  #register(credentials: string): string {
    const { domain } = this.#places
    const id = `${this.#name}-${++this.#count}-${Date.now()}`
    const user = `<sip:${this.#name}@${domain}>`
    return (
      `REGISTER sip:${domain} SIP/2.0\r\nVia: SIP/2.0/TCP ${this.#address};branch=z9hG4bK${id}\r\n` +
      `Max-Forwards: 70\r\nFrom: ${user};tag=a\r\nTo: ${user}\r\nCall-ID: ${id}\r\nCSeq: ${this.#count} REGISTER\r\n` +
      `Contact: <sip:${this.#name}@${this.#address};transport=tcp>\r\nExpires: 600\r\n` +
      `${credentials}Content-Length: 0\r\n\r\n`
    )
  }
}

/** Answers to REGISTER have no body, and come in pieces where the machine is busy. */
function wholeAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const take = (bytes: Buffer) => {
      text += bytes
      if (!text.endsWith('\r\n\r\n')) return
      socket.off('data', take)
      resolve(text)
    }
    socket.on('data', take)
  })
}
