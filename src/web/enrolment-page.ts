/**
 * The page on which somebody gets a secret for a device, and revokes it again: plain forms, no script, no cookie. What
 * stands for the password from one step to the next is in the forms, so no other site can send it.
 */
import { createHash } from 'node:crypto'
import { enrolmentStyle } from './enrolment-style.ts'
import { escapeHtml } from './escape-html.ts'
import { protectiveHeaders } from './protective-headers.ts'

export interface EnrolmentDeviceView {
  readonly device: string
  readonly userName: string
  /** ISO 8601, UTC. */
  readonly enrolledAt: string
}

export type EnrolmentView =
  | {
      readonly kind: 'form'
      /** What went wrong with what was sent before. */
      readonly message?: string
      readonly name?: string
      readonly device?: string
    }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'devices'
      /** `alice@example.test`. */
      readonly name: string
      readonly pass: string
      /** Shown this once. */
      readonly fresh: { readonly userName: string; readonly secret: string } | null
      readonly devices: readonly EnrolmentDeviceView[]
    }

const styleHash = createHash('sha256').update(enrolmentStyle).digest('base64')

/** Of every answer: nothing runs, nothing is fetched, nobody keeps it or shows it in a frame. */
export const enrolmentHeaders: readonly (readonly [string, string])[] = [
  ['Cache-Control', 'no-store'],
  ...protectiveHeaders(
    [
      "default-src 'none'",
      `style-src 'sha256-${styleHash}'`,
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ],
    'same-origin',
  ),
]

export function enrolmentPage(view: EnrolmentView): string {
  const [title, body] = content(view)
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<title>${title} – Meridian</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<style>${enrolmentStyle}</style>`,
    '</head>',
    '<body>',
    `<main><h1>${title}</h1>`,
    ...body,
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

function content(view: EnrolmentView): readonly [title: string, body: readonly string[]] {
  switch (view.kind) {
    case 'form':
      return [view.message === undefined ? 'Enrol a device' : 'Error: the device is not enrolled', form(view)]
    case 'missing':
      return ['There is no such page', ['<p><a href="/enroll">Enrol a device</a></p>']]
    case 'devices':
      return [view.fresh === null ? 'Your devices' : 'The device is enrolled', devices(view)]
  }
}

function form({ message, name = '', device = '' }: EnrolmentView & { readonly kind: 'form' }): readonly string[] {
  const about = message === undefined ? '' : ' aria-describedby="message"'
  return [
    ...(message === undefined ? [] : [`<p id="message" class="message" role="alert">${escapeHtml(message)}</p>`]),
    '<p>Your SIP client signs in with a password of its own, which is made here. Your own password never leaves',
    'this page, and a device that is lost can be revoked by itself.</p>',
    '<form method="post" action="/enroll">',
    '<p><label for="name">Name or address</label>',
    `<input id="name" name="name" required autocomplete="username" autocapitalize="none" spellcheck="false"${about}`,
    ` value="${escapeHtml(name)}"></p>`,
    '<p><label for="password">Password</label>',
    '<input id="password" name="password" type="password" required autocomplete="current-password"></p>',
    deviceField(device),
    '<p><button>Enrol the device</button>',
    '<button formaction="/enroll/devices" class="other">Show my devices</button></p>',
    '</form>',
  ]
}

function deviceField(device: string): string {
  return [
    '<p><label for="device">Device</label>',
    '<input id="device" name="device" maxlength="32" autocapitalize="none" spellcheck="false" autocomplete="off"',
    ` aria-describedby="device-help" value="${escapeHtml(device)}">`,
    '<span id="device-help" class="help">A short name such as laptop: letters, digits, dots and hyphens</span></p>',
  ].join('\n')
}

function devices(view: EnrolmentView & { readonly kind: 'devices' }): readonly string[] {
  const { name, pass, fresh } = view
  const hidden = `<input type="hidden" name="pass" value="${escapeHtml(pass)}">`
  return [
    ...(fresh === null ? [] : freshDevice(name, fresh)),
    `<h2>Devices of ${escapeHtml(name)}</h2>`,
    ...(view.devices.length === 0 ? ['<p>There are none.</p>'] : deviceTable(view.devices, hidden)),
    '<h2>Another device</h2>',
    `<form method="post" action="/enroll">${hidden}`,
    deviceField(''),
    '<p><button>Enrol the device</button></p>',
    '</form>',
    '<p><a href="/enroll">Done</a></p>',
  ]
}

function freshDevice(name: string, { userName, secret }: { userName: string; secret: string }): readonly string[] {
  return [
    '<p role="status">Give these to the client now. The password is shown this once.</p>',
    '<dl>',
    `<dt>Address</dt><dd><code>sip:${escapeHtml(name)}</code></dd>`,
    `<dt>User name</dt><dd><code id="user-name">${escapeHtml(userName)}</code></dd>`,
    `<dt>Password</dt><dd><code id="secret">${escapeHtml(secret)}</code></dd>`,
    '</dl>',
  ]
}

function deviceTable(list: readonly EnrolmentDeviceView[], hidden: string): readonly string[] {
  return [
    '<table>',
    '<thead><tr><th scope="col">User name</th><th scope="col">Enrolled</th><th scope="col">Action</th></tr></thead>',
    '<tbody>',
    ...list.map(({ device, userName, enrolledAt }) => {
      const user = escapeHtml(userName)
      const revoke = `<form method="post" action="/enroll/revoke">${hidden}`
      const which = `<input type="hidden" name="device" value="${escapeHtml(device)}">`
      const button = `<button aria-label="Revoke ${user}">Revoke</button></form>`
      const day = `<time datetime="${enrolledAt}">${enrolledAt.slice(0, 10)}</time>`
      return `<tr><th scope="row">${user}</th><td>${day}</td><td>${revoke}${which}${button}</td></tr>`
    }),
    '</tbody>',
    '</table>',
  ]
}
