/**
 * RFC 8760: several digest algorithms. The server offers the strongest first; a client takes the first that it knows.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { answerOf, challenged, challengesOf, fetchWith } from '../../support/digest-answer.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 8760 with %i workers', (workers) => {
  async function alice(): Promise<WireClient> {
    return new WireClient(await ServerWorld.start({ workers }), 'alice')
  }

  it.each(['REGISTER', 'MESSAGE'])(
    '§2.4: %s is challenged with SHA-256 first, then MD5, one header line each',
    async (method) => {
      const challenge = challenged(await alice(), method)
      expect(challengesOf(challenge).map(({ algorithm }) => algorithm)).toEqual(['SHA-256', 'MD5'])
      const id = method === 'REGISTER' ? HeaderId.wwwAuthenticate : HeaderId.proxyAuthenticate
      expect(challenge.all(id)).toHaveLength(2)
      expect(challengesOf(challenge).map(({ qop }) => qop)).toEqual([
        ['auth', 'auth-int'],
        ['auth', 'auth-int'],
      ])
    },
  )

  it.each(['SHA-256', 'MD5'] as const)('§2.4: %s is accepted where a client chose it', async (algorithm) => {
    const client = await alice()
    const credentials = answerOf(client, challenged(client), { method: 'REGISTER', algorithm })
    expect(fetchWith(client, credentials).statusCode).toBe(200)
  })

  it('§2.4: agents known to read one challenge only are offered MD5 alone', async () => {
    const client = await alice()
    const headers = [['User-Agent', 'sipsak 0.9.8'] as const]
    const challenge = client.final(client.send('REGISTER', { uri: 'sip:example.test', to: client.aor, headers }))
    expect(challengesOf(challenge).map(({ algorithm }) => algorithm)).toEqual(['MD5'])
  })

  it('§2.6: a response of one algorithm under the name of the other is wrong', async () => {
    const client = await alice()
    const [name, value] = answerOf(client, challenged(client), { method: 'REGISTER', algorithm: 'MD5' })
    expect(fetchWith(client, [name, value.replace('algorithm=MD5', 'algorithm=SHA-256')]).statusCode).toBe(401)
  })
})
