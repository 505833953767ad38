/**
 * The page around the views: sign-in or, once signed in, navigation and the view that the address names.
 */
import { h, type JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ConsoleClient, ConsoleState } from './console-client.ts'
import { Overview } from './view-overview.ts'
import { ReportView } from './view-report.ts'
import { SignInForm } from './view-sign-in.ts'
import { TopologyView } from './view-topology.ts'
import { UserView } from './view-user.ts'
import { Users } from './view-users.ts'

export interface AppProps {
  readonly client: ConsoleClient
  readonly state: ConsoleState
  readonly domain: string
  readonly version: string
}

const places = [
  ['overview', 'Overview'],
  ['users', 'Users'],
  ['topology', 'Topology'],
  ['report', 'Capacity report'],
] as const

export function App(props: AppProps): JSX.Element {
  const { client, state, domain, version } = props
  if (state.phase === 'asking') return h('main', { class: 'sign-in' }, h('p', { role: 'status' }, 'Loading…'))
  if (state.phase === 'signed-out' || state.session === null) {
    return h(SignInForm, { client, domain, version, fault: state.fault })
  }
  const [place = 'overview', name] = location.hash.slice(1).split('/')
  return h(
    'div',
    { class: 'console' },
    h('a', { class: 'skip', href: '#content', onClick: toContent }, 'Skip to the content'),
    h(
      'header',
      null,
      h('p', { class: 'brand' }, 'Meridian ', h('span', { class: 'quiet' }, domain)),
      h(Navigation, { place }),
      h(
        'p',
        { class: 'who' },
        h('span', { class: 'quiet' }, `${state.session.name}, ${state.session.role}`),
        h('button', { type: 'button', onClick: () => void client.signOut() }, 'Sign out'),
      ),
    ),
    h(Content, { key: location.hash, ...props, place, name: name === undefined ? null : decoded(name) }),
    h('footer', { class: 'quiet small' }, `Meridian ${version}`),
  )
}

/** The hash names the view, so a link to an element of the page would leave it. */
function toContent(event: Event): void {
  event.preventDefault()
  document.getElementById('content')?.focus()
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function Navigation({ place }: { readonly place: string }): JSX.Element {
  const shown = place === '' ? 'overview' : place
  return h(
    'nav',
    { 'aria-label': 'Console' },
    places.map(([id, title]) =>
      h('a', { key: id, href: `#${id}`, 'aria-current': id === shown ? 'page' : undefined }, title),
    ),
  )
}

interface ContentProps extends AppProps {
  readonly place: string
  readonly name: string | null
}

function Content({ client, state, place, name }: ContentProps): JSX.Element {
  const content = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  useEffect(() => {
    // Whoever follows a link of the navigation by keyboard or with a screen reader is where it leads.
    if (!isFirst.current || document.activeElement?.tagName === 'A') content.current?.focus()
    isFirst.current = false
  }, [])
  const session = state.session!
  const view = () => {
    switch (place) {
      case 'users':
        return name === null ? h(Users, { client }) : h(UserView, { client, session, name })
      case 'topology':
        return h(TopologyView, { client })
      case 'report':
        return h(ReportView, { client })
      default:
        return h(Overview, { state })
    }
  }
  return h('main', { id: 'content', tabIndex: -1, ref: content }, view())
}
