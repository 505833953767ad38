/**
 * Server capabilities (RFC 4825 §12) and the global tree (§5.7, §6.2).
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { XcapClient } from '../../support/xcap-client.ts'

let alice: XcapClient
const capabilities = '/xcap-root/xcap-caps/global/index'

beforeAll(async () => {
  alice = new XcapClient(await ServerWorld.start({ workers: 3 }), 'alice')
})

describe('RFC 4825 §12: capabilities', () => {
  test('usages and namespaces are listed', () => {
    const answer = alice.get(capabilities)
    expect([answer.status, answer.type]).toEqual([200, 'application/xcap-caps+xml'])
    for (const auid of [
      'xcap-caps',
      'resource-lists',
      'rls-services',
      'pres-rules',
      'org.openmobilealliance.pres-rules',
    ]) {
      expect(answer.body).toContain(`<auid>${auid}</auid>`)
    }
    expect(answer.body).toContain('<namespace>urn:ietf:params:xml:ns:rls-services</namespace>')
  })

  test('its parts can be read like those of any document', () => {
    expect(alice.get(`${capabilities}/~~/xcap-caps/auids/auid%5B1%5D`).body).toBe('<auid>resource-lists</auid>')
    const { etag } = alice.get(capabilities)
    expect(alice.get(capabilities, { headers: { 'If-None-Match': `"${etag}"` } }).status).toBe(304)
  })
})

describe('RFC 4825 §5.7: the global tree is read only', () => {
  test('nobody writes there', () => {
    expect(alice.put(capabilities, 'application/xcap-caps+xml', '<xcap-caps/>').status).toBe(405)
    expect(alice.delete(capabilities).header('Allow')).toBe('GET')
    expect(alice.put('/xcap-root/resource-lists/global/index', 'application/resource-lists+xml', '<a/>').status).toBe(
      403,
    )
  })

  test('capabilities are no document of a user', () => {
    expect(alice.put(alice.path('xcap-caps'), 'application/xcap-caps+xml', '<a/>').status).toBe(409)
  })
})
