/**
 * The entry of the web client: what this server says of itself, the client of this tab, and the page.
 */
import { h, render } from 'preact'
import { ChatClient } from './client.ts'
import { Notices } from './notices.ts'
import { App } from './view-app.ts'

const meta = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name="meridian-${name}"]`)?.content ?? ''
const root = document.getElementById('app') as HTMLElement
const domain = meta('domain')
const scheme = location.protocol === 'https:' ? 'wss' : 'ws'

const notices = new Notices(domain)
const client = new ChatClient(
  { url: `${scheme}://${location.host}/`, xcapRoot: meta('xcap-root') },
  () => show(),
  (message) => notices.onUnread(message, () => client.state),
)

function show(): void {
  notices.showUnread(client.state)
  render(h(App, { client, notices, domain, version: meta('version') }), root)
}

show()
