/**
 * `tls-full`, `tls-resume`: TLS 1.3 handshakes with a P-256 certificate between two ends in memory, both of them
 * counted. `asym-ops`: the asymmetric operations of the server's end of one full handshake, by which the part of
 * measured time that is asymmetric cryptography is worked out.
 */
import { createPrivateKey, diffieHellman, generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { duplexPair } from 'node:stream'
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { createAuthority, issueCertificate } from '../../../src/certificates/index.ts'
import { type Kernel, oneByOne, type RunningKernel, synchronous } from './kernel.ts'

const name = 'calibration.example.test'

interface Ends {
  readonly server: SecureContext
  readonly client: SecureContext
}

export const tlsFull: Kernel = {
  class: 'asym',
  operation: 'a full handshake, both ends',
  start: async () => {
    const ends = await makeEnds()
    return oneByOne(async () => {
      const { socket } = await handshake(ends)
      socket.destroy()
    }, nothing)
  },
}

export const tlsResume: Kernel = {
  class: 'asym',
  operation: 'a resumed handshake, both ends',
  start: async (): Promise<RunningKernel> => {
    const ends = await makeEnds()
    const { socket, session } = await handshake(ends, undefined, true)
    socket.destroy()
    return oneByOne(async () => {
      const resumed = await handshake(ends, session)
      if (!resumed.socket.isSessionReused()) throw new Error('the session was not resumed')
      resumed.socket.destroy()
    }, nothing)
  },
}

export const asymOps: Kernel = {
  class: 'asym',
  operation: 'an ECDSA signature, a new P-256 key and its agreement: one end of a full handshake',
  start: async () => {
    const { keyPem } = await makeCertificate()
    const key = createPrivateKey(keyPem)
    const peer = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const data = Buffer.alloc(128, 1)
    return synchronous(() => {
      sign('sha256', data, key)
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      diffieHellman({ privateKey: own.privateKey, publicKey: peer.publicKey })
    }, 1)
  },
}

async function makeCertificate() {
  const authority = await createAuthority({ commonName: name })
  return issueCertificate({ authority, names: [name] })
}

async function makeEnds(): Promise<Ends> {
  const { certificatePem, keyPem } = await makeCertificate()
  const versions = { minVersion: 'TLSv1.3', ecdhCurve: 'P-256' } as const
  return {
    server: createSecureContext({ ...versions, cert: certificatePem, key: keyPem }),
    client: createSecureContext(versions),
  }
}

/** `rejectUnauthorized` is off: the chain is checked by the client, whose machine is not the question. */
async function handshake({ server, client }: Ends, session?: Buffer, forSession = false) {
  const [near, far] = duplexPair()
  const accepted = new TLSSocket(far, { isServer: true, secureContext: server })
  accepted.on('error', ignore)
  const options = { socket: near, secureContext: client, servername: name, rejectUnauthorized: false }
  const socket = connect(session ? { ...options, session } : options)
  socket.on('error', ignore)
  socket.once('close', () => accepted.destroy())
  const ticket = forSession ? once(socket, 'session') : null
  await once(socket, 'secureConnect')
  // Tickets come behind the handshake, with the first bytes that are read.
  if (ticket === null) return { socket, session: undefined }
  socket.resume()
  const [made] = (await ticket) as [Buffer]
  return { socket, session: made }
}

async function nothing(): Promise<void> {}

/** One end closes while the other still writes. */
function ignore(): void {}
