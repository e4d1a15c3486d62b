import { createClient } from 'tickwire/client'
import { coins, RADIUS } from '../shared/game.ts'

const canvas = document.querySelector('canvas')!
const context = canvas.getContext('2d')!
const status = document.querySelector('#status')!
const scores = document.querySelector('#scores')!

// Try a bad network: createClient('/', { impair: { latencyMs: 75, jitterMs: 30 } })
const client = createClient('/')
client.onConnection(
  ({ phase }) => (status.textContent = phase === 'online' ? 'arrow keys and space, or a finger' : phase),
)
const join = { name: new URL(location.href).searchParams.get('name') ?? '' }
// A reload finds its seat again.
const room = (await client.resume(coins)) ?? (await client.joinOrCreate(coins, join))

const held = new Set<string>()
const isDown = (code: string): number => Number(held.has(code))
addEventListener('keydown', ({ code, repeat }) => {
  held.add(code)
  if (code === 'Space' && !repeat) room.press('dash')
})
addEventListener('keyup', ({ code }) => held.delete(code))
addEventListener('blur', () => held.clear())

/** Where a finger or the mouse is held down: the hero runs there. */
let target: { x: number; y: number } | null = null
const point = ({ buttons, offsetX, offsetY }: PointerEvent): void => {
  const scale = canvas.width / canvas.clientWidth
  if (buttons !== 0) target = { x: offsetX * scale, y: offsetY * scale }
}
for (const type of ['pointerdown', 'pointermove'] as const) canvas.addEventListener(type, point)
for (const type of ['pointerup', 'pointercancel']) addEventListener(type, () => (target = null))

function towards(axis: 'x' | 'y'): number {
  const hero = room.mine('hero')
  if (target === null || hero === undefined) return 0
  const distance = target[axis] - hero[axis]
  return Math.abs(distance) < RADIUS ? 0 : Math.sign(distance)
}

let flash = { x: 0, y: 0, left: 0 }
room.onEvent('taken', ({ x, y }) => {
  flash = { x, y, left: 1 }
})

function frame(): void {
  room.advance(() => ({
    right: isDown('ArrowRight') - isDown('ArrowLeft') || towards('x'),
    down: isDown('ArrowDown') - isDown('ArrowUp') || towards('y'),
  }))
  context.clearRect(0, 0, canvas.width, canvas.height)
  for (const { x, y } of room.view('coin')) circle(x, y, 7, '#ffd24a')
  for (const { x, y, hue, mine, owner } of room.view('hero')) {
    if (mine) circle(x, y, RADIUS + 3, '#dce6f7')
    circle(x, y, RADIUS, `hsl(${hue} 80% 60%)`)
    context.fillStyle = '#dce6f7'
    context.textAlign = 'center'
    context.fillText(room.players.get(owner ?? -1)?.name ?? '', x, y - RADIUS - 6)
  }
  flash.left -= 0.05
  if (flash.left > 0) circle(flash.x, flash.y, 30 * (1 - flash.left), `rgb(255 210 74 / ${flash.left})`)
  scores.textContent = [...room.players.values()].map((player) => `${player.name} ${player.coins}`).join(' · ')
  requestAnimationFrame(frame)
}
frame()

function circle(x: number, y: number, radius: number, color: string): void {
  context.fillStyle = color
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fill()
}
