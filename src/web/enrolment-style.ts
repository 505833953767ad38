/**
 * The style of the enrolment page, which stands in the page itself and is allowed there by its hash.
 */
export const enrolmentStyle = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0; background: light-dark(#f5f6f8, #15181c); color: light-dark(#1a1d21, #e8eaed) }
main { max-width: 34rem; margin: 0 auto; padding: 1.5rem 1rem 3rem }
h1 { font-size: 1.6rem; line-height: 1.25 }
h2 { font-size: 1.2rem; margin-top: 2rem }
label { display: block; font-weight: 600 }
input:not([type=hidden]) { box-sizing: border-box; width: 100%; padding: .5rem; font: inherit; color: inherit;
  background: light-dark(#fff, #1f2328); border: 1px solid light-dark(#6b7280, #8b949e); border-radius: .25rem }
.help { font-size: .9rem; color: light-dark(#4b5563, #a8b0ba) }
button { font: inherit; padding: .5rem 1rem; margin: 0 .5rem .5rem 0; border: 1px solid transparent;
  border-radius: .25rem; background: #1d4ed8; color: #fff; cursor: pointer }
button.other, td button { background: transparent; color: inherit; border-color: light-dark(#6b7280, #8b949e) }
:focus-visible { outline: 3px solid light-dark(#1d4ed8, #7aa2ff); outline-offset: 2px }
.message { padding: .75rem; border-left: .3rem solid #b91c1c; background: light-dark(#fde8e8, #3b1717) }
table { width: 100%; border-collapse: collapse }
th, td { text-align: left; padding: .4rem .5rem .4rem 0; border-bottom: 1px solid light-dark(#d1d5db, #3a4048);
  overflow-wrap: anywhere }
td form { margin: 0 }
td button { margin: 0 }
dt { font-weight: 600 }
dd { margin: 0 0 .75rem }
code { font-size: 1.1rem; user-select: all; overflow-wrap: anywhere }
a { color: light-dark(#1d4ed8, #7aa2ff) }
`
