import { createHash } from 'node:crypto'

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 16%, transparent); --dim: color-mix(in srgb, currentColor 62%, transparent); --accent: light-dark(#0b63ce, #6cb6ff); --bad: light-dark(#b42318, #ff8a7a) }
* { box-sizing: border-box }
body { margin: 0; font: 14px/1.5 system-ui, sans-serif }
header { display: flex; gap: 24px; align-items: baseline; padding: 12px 20px; border-bottom: 1px solid var(--line) }
h1 { margin: 0; font-size: 16px }
h2 { margin: 0 0 8px; font-size: 14px }
dl { display: flex; gap: 20px; margin: 0 }
dl div { display: flex; gap: 6px }
dt, .dim { color: var(--dim) }
dd { margin: 0; font-variant-numeric: tabular-nums }
main { display: grid; grid-template-columns: minmax(360px, 1fr) 1.4fr; min-height: calc(100vh - 50px) }
section { padding: 16px 20px; overflow: auto }
section + section { border-left: 1px solid var(--line) }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
th { color: var(--dim); font-weight: 500; text-align: left }
td, th { padding: 5px 8px; border-bottom: 1px solid var(--line) }
tr[aria-selected=true] td { background: color-mix(in srgb, var(--accent) 12%, transparent) }
button, input, select { padding: 3px 10px; border: 1px solid var(--line); border-radius: 6px; font: inherit; background: transparent; color: inherit }
button { cursor: pointer }
button.link { padding: 0; border: 0; color: var(--accent) }
button.bad { color: var(--bad) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
form { display: flex; gap: 8px; margin: 12px 0 }
form input[name=payload] { flex: 1 }
details { margin-left: 14px } summary { cursor: pointer }
pre { margin: 0; font: 12px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
#problem { color: var(--bad) } #problem:empty { display: none }
.read-only .acts { display: none }
@media (max-width: 800px) { main { display: block } section + section { border-left: 0; border-top: 1px solid var(--line) } header { flex-wrap: wrap } }
`

// One small script without a framework: lists are redrawn once a second, and nothing is kept that the server knows.
const SCRIPT = `
const $ = (selector) => document.querySelector(selector)
const el = (name, props = {}, ...children) => { const made = Object.assign(document.createElement(name), props); made.append(...children); return made }
let chosen = null
let canWrite = false
const open = new Set()

async function call(path, options = {}) {
  const token = sessionStorage.getItem('tickwire.token')
  const headers = { ...(token && { authorization: 'Bearer ' + token }), ...(options.body && { 'content-type': 'application/json' }) }
  const response = await fetch(path, { ...options, headers })
  if (response.status === 401) return askForToken(path, options)
  const answer = response.status === 204 ? null : await response.json()
  if (!response.ok) throw new Error(answer.detail)
  return answer
}

let asking = null
function askForToken(path, options) {
  asking ??= new Promise((resolve) => {
    const dialog = $('#login')
    dialog.showModal()
    dialog.onclose = () => { sessionStorage.setItem('tickwire.token', $('#token').value); asking = null; resolve() }
  })
  return asking.then(() => call(path, options))
}

async function act(path, options) {
  try { await call(path, options); $('#problem').textContent = ''; await refresh() } catch (error) { $('#problem').textContent = error.message }
}

async function refresh() {
  try {
    const overview = await call('/api/overview')
    canWrite = overview.canWrite
    document.body.classList.toggle('read-only', !canWrite)
    showNumbers(overview)
    showRooms(overview.rooms)
    if (chosen !== null) await showRoom()
    $('#problem').textContent = ''
  } catch (error) { $('#problem').textContent = error.message }
}

function showNumbers({ ready, linksOnline, linksDropped, traffic, tickP99Ms, rooms }) {
  const rate = (name) => last === null ? 0 : (traffic[name] - last.traffic[name]) / ((performance.now() - last.at) / 1000)
  const kb = (value) => (value / 1000).toFixed(1) + ' kB/s'
  const numbers = { state: ready ? 'ready' : 'draining', rooms: rooms.length, links: linksOnline + ' + ' + linksDropped + ' away', 'tick p99': tickP99Ms === null ? '-' : '<= ' + tickP99Ms + ' ms', in: kb(rate('bytesIn')), out: kb(rate('bytesOut')) }
  $('#numbers').replaceChildren(...Object.entries(numbers).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, String(value)))))
  last = { traffic, at: performance.now() }
}
let last = null

function showRooms(rooms) {
  const focused = document.activeElement?.dataset?.room
  const rows = rooms.map((room) => {
    const pick = el('button', { className: 'link', textContent: room.id, onclick: () => { chosen = room.id; refresh() } })
    pick.dataset.room = room.id
    const row = el('tr', {}, el('td', {}, pick), ...[room.game, room.key ?? '', room.players + ' / ' + room.maxPlayers, room.tick].map((text) => el('td', {}, String(text))))
    row.setAttribute('aria-selected', String(room.id === chosen))
    return row
  })
  $('#rooms').replaceChildren(...rows)
  $('#empty').hidden = rows.length > 0
  if (focused) document.querySelector('[data-room="' + focused + '"]')?.focus()
}

async function showRoom() {
  const detail = $('#detail')
  let room
  try { room = await call('/api/rooms/' + chosen) } catch (error) { chosen = null; detail.replaceChildren(el('p', { className: 'dim' }, error.message)); $('#acts').hidden = true; return }
  $('#acts').hidden = false
  $('#chosen').textContent = room.game + ' ' + room.id
  const players = el('table', {}, el('thead', {}, el('tr', {}, ...['seat', 'user', '', 'fields', ''].map((text) => el('th', {}, text)))), el('tbody', {}, ...room.players.map(playerRow)))
  detail.replaceChildren(el('p', { className: 'dim' }, 'tick ' + room.tick + (room.isLocked ? ', locked' : '')), players, tree('state', room.state, 'state'), ...Object.entries(room.entities).map(([kind, { count, first }]) => tree(kind + ' (' + count + ')', first, kind)))
}

function playerRow({ seat, userId, isBot, connected, fields }) {
  const kick = el('button', { className: 'bad', textContent: 'Kick', onclick: () => act('/api/rooms/' + chosen + '/players/' + seat, { method: 'DELETE' }) })
  const state = isBot ? 'bot' : connected ? 'online' : 'away'
  return el('tr', {}, ...[seat, userId, state].map((text) => el('td', {}, String(text))), el('td', {}, el('pre', {}, JSON.stringify(fields))), el('td', { className: 'acts' }, kick))
}

function tree(label, value, path) {
  if (typeof value !== 'object' || value === null) return el('pre', {}, label + ': ' + JSON.stringify(value))
  const made = el('details', { open: open.has(path), ontoggle: () => made.open ? open.add(path) : open.delete(path) }, el('summary', {}, label))
  if (open.has(path)) for (const [name, inner] of Object.entries(value)) made.append(tree(name, inner, path + '/' + name))
  return made
}

$('#dispose').onclick = () => { if (confirm('End this room and send everybody away?')) act('/api/rooms/' + chosen, { method: 'DELETE' }) }
$('#say').onsubmit = (event) => {
  event.preventDefault()
  const { message, payload } = Object.fromEntries(new FormData(event.target))
  let body
  try { body = JSON.stringify({ message, payload: JSON.parse(payload || '{}') }) } catch { $('#problem').textContent = 'The payload is no JSON.'; return }
  act('/api/rooms/' + chosen + '/messages', { method: 'POST', body })
}
refresh()
setInterval(refresh, 1000)
`

export const ADMIN_PAGE: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tickwire admin</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>Tickwire</h1><dl id="numbers"></dl></header>
<main>
<section aria-labelledby="rooms-title">
<h2 id="rooms-title">Rooms</h2>
<p id="problem" role="alert"></p>
<table><thead><tr><th>room</th><th>game</th><th>key</th><th>players</th><th>tick</th></tr></thead><tbody id="rooms"></tbody></table>
<p id="empty" class="dim">No room is open.</p>
</section>
<section aria-labelledby="chosen">
<h2 id="chosen">Pick a room</h2>
<div id="acts" class="acts" hidden>
<form id="say"><input name="message" required placeholder="message" aria-label="Message name"><input name="payload" placeholder='{"text": "hello"}' aria-label="Payload as JSON"><button>Send to all</button></form>
<button id="dispose" class="bad">End the room</button>
</div>
<div id="detail"></div>
</section>
</main>
<dialog id="login"><form method="dialog"><label>Token <input id="token" type="password" autocomplete="current-password" required></label><button>Enter</button></form></dialog>
<script>${SCRIPT}</script>
</body>
</html>
`

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Nothing but the page's own script and style runs in it, whatever a player calls itself. */
export const ADMIN_POLICY: string = [
  "default-src 'none'",
  `script-src ${hash(SCRIPT)}`,
  `style-src ${hash(STYLE)}`,
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')
