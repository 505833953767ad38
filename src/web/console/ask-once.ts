/**
 * What a view asks of the server when it is shown, and again when it says so.
 */
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { ApiResult } from './api.ts'
import type { ConsoleClient } from './console-client.ts'

export interface Asked<T> {
  /** Null: there is no answer yet. */
  readonly result: ApiResult<T> | null
  again(): void
}

/** An answer to an earlier path that comes late is not shown. */
export function useAnswer<T>(client: ConsoleClient, path: string): Asked<T> {
  const [result, setResult] = useState<ApiResult<T> | null>(null)
  const [count, setCount] = useState(0)
  useEffect(() => {
    let isWanted = true
    void client.api.ask<T>('GET', path).then((answer) => {
      if (isWanted) setResult(answer)
    })
    return () => {
      isWanted = false
    }
  }, [client, path, count])
  const again = useCallback(() => setCount((before) => before + 1), [])
  return { result, again }
}
