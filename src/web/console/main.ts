/**
 * The entry of the console: what this server says of itself, the client, and the page.
 */
import { h, render } from 'preact'
import { ConsoleClient } from './console-client.ts'
import { App } from './view-app.ts'

const meta = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name="meridian-${name}"]`)?.content ?? ''
const root = document.getElementById('app') as HTMLElement
const client = new ConsoleClient(() => show())

function show(): void {
  render(h(App, { client, state: client.state, domain: meta('domain'), version: meta('version') }), root)
}

addEventListener('hashchange', show)
show()
void client.begin()
