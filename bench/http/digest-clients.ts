/**
 * Connections that prove themselves by digest (RFC 7616): each has a nonce of its own and counts how often it has used
 * it.
 */
import { request } from 'node:https'
import type autocannon from 'autocannon'
import { answerChallenge, parseChallenge } from '../../src/sip/index.ts'

export interface DigestWay {
  readonly base: string
  readonly path: string
  readonly name: string
  readonly password: string
  readonly connections: number
}

/** For `setupClient`: the nonces are fetched before the first request is counted. */
export async function digestClients(way: DigestWay): Promise<(client: autocannon.Client) => void> {
  const { path, name, password, connections } = way
  const challenges = await Promise.all(Array.from({ length: connections }, () => challengeOf(way)))
  let next = 0
  return (client) => {
    const challenge = challenges[next++ % challenges.length]!
    let nc = 0
    const setupRequest = (asked: autocannon.Request): autocannon.Request => {
      nc++
      const answer = { username: name, password, method: 'GET', uri: path, body: null, nc, cnonce: 'bench' }
      const authorization = answerChallenge([challenge], answer) ?? ''
      return { ...asked, headers: { ...asked.headers, authorization } }
    }
    client.setRequests([{ method: 'GET', path, setupRequest }])
  }
}

type Challenge = NonNullable<ReturnType<typeof parseChallenge>>

/** The strongest of those that it names, which comes first. */
function challengeOf({ base, path }: DigestWay): Promise<Challenge> {
  return new Promise((resolve, reject) => {
    const asked = request(base + path, { rejectUnauthorized: false, agent: false }, (response) => {
      response.resume()
      const { rawHeaders } = response
      const at = rawHeaders.findIndex((each) => each.toLowerCase() === 'www-authenticate')
      const challenge = parseChallenge(rawHeaders[at + 1] ?? '')
      if (challenge) resolve(challenge)
      else reject(new Error(`${path} is answered ${response.statusCode} without a challenge`))
    })
    asked.on('error', reject).end()
  })
}
