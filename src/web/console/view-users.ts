/**
 * Users by page, with a search.
 */
import { h, type JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { UserPage } from '../console-model/answers.ts'
import { numberWords } from '../console-model/words.ts'
import { useAnswer } from './ask-once.ts'
import type { ConsoleClient } from './console-client.ts'
import { Table } from './view-table.ts'

const rowsPerPage = 50
/** A search reads every account: not with each letter. */
const pauseMs = 300

export function Users({ client }: { readonly client: ConsoleClient }): JSX.Element {
  const [typed, setTyped] = useState('')
  const [search, setSearch] = useState('')
  /** Where each page so far began; the last is shown. */
  const [pages, setPages] = useState<readonly string[]>([''])
  useEffect(() => {
    const timer = setTimeout(() => {
      setSearch(typed.trim())
      setPages([''])
    }, pauseMs)
    return () => clearTimeout(timer)
  }, [typed])
  const query = new URLSearchParams({ search, after: pages.at(-1) ?? '', limit: String(rowsPerPage) })
  const { result } = useAnswer<UserPage>(client, `/v1/users?${query}`)
  const page = result?.ok ? result.value : null
  const button = (text: string, isOn: boolean, act: () => void) =>
    h('button', { type: 'button', disabled: !isOn, onClick: act }, text)
  return h(
    'div',
    null,
    h('h1', null, 'Users'),
    h(
      'form',
      { role: 'search', class: 'search', onSubmit: (event: Event) => event.preventDefault() },
      h('label', { for: 'search' }, 'Search by address or name'),
      h('input', {
        id: 'search',
        type: 'search',
        autocomplete: 'off',
        value: typed,
        onInput: (event: Event) => setTyped((event.currentTarget as HTMLInputElement).value),
      }),
    ),
    h('p', { role: 'status', class: 'quiet' }, page === null ? 'Loading…' : countWords(page.total)),
    result?.ok === false ? h('p', { class: 'fault', role: 'alert' }, result.message) : null,
    page === null ? null : h(UserTable, { page }),
    h(
      'p',
      { class: 'pages' },
      button('Previous page', pages.length > 1, () => setPages(pages.slice(0, -1))),
      button('Next page', page?.next != null, () => setPages([...pages, page!.next!])),
    ),
  )
}

function countWords(total: number): string {
  return total === 1 ? '1 user' : `${numberWords(total)} users`
}

function UserTable({ page }: { readonly page: UserPage }): JSX.Element {
  const rows = page.users.map(({ aor, displayName, groups, disabled }) => [
    h('a', { href: `#users/${encodeURIComponent(aor)}` }, aor.slice('sip:'.length)),
    displayName,
    disabled ? 'Disabled' : 'Enabled',
    groups.join(', '),
  ])
  return h(Table, { caption: 'Users', head: ['Address', 'Name', 'State', 'Groups'], rows })
}
