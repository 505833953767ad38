/**
 * What the events of the store thread do to readiness, and which of them end the process: P4.
 */
import { describe, expect, it } from 'vitest'
import { StoreHealth } from '../../../src/server/store-health.ts'

const bytes = { freeBytes: 1, neededBytes: 2 }

function health() {
  const logged: string[] = []
  const store = new StoreHealth({ write: (level, event) => void logged.push(`${level} ${event}`) })
  return { store, logged }
}

describe('the health of the store', () => {
  it('is bad while the disk is nearly full, and good again after it', () => {
    const { store, logged } = health()
    expect(store.fault).toBe(null)
    store.onEvent({ event: 'store.disk-low', ...bytes })
    expect(store.fault).toBe('the disk is nearly full')
    store.onEvent({ event: 'store.disk-recovered', ...bytes })
    expect(store.fault).toBe(null)
    expect(logged).toEqual(['error store.disk-low', 'info store.disk-recovered'])
  })

  it.each(['store.degraded', 'store.thread-died'] as const)(
    'P4: after %s nothing makes it good again',
    async (event) => {
      const { store } = health()
      store.onEvent({ event, detail: 'why' })
      expect(await store.broken).toBe('why')
      store.onEvent({ event: 'store.disk-low', ...bytes })
      expect(store.fault).toBe('broken')
      store.onEvent({ event: 'store.disk-recovered', ...bytes })
      expect(store.fault).toBe('broken')
    },
  )
})
