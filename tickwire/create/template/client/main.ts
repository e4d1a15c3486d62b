import { createClient } from 'tickwire/client'
import { coins, RADIUS } from '../shared/game.ts'

const canvas = document.querySelector('canvas')!
const context = canvas.getContext('2d')!
const status = document.querySelector('#status')!
const scores = document.querySelector('#scores')!

// Try a bad network: createClient('/', { impair: { latencyMs: 75, jitterMs: 30 } })
const client = createClient('/')
client.onConnection(({ phase }) => (status.textContent = phase === 'online' ? 'arrow keys, space' : phase))
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

let flash = { x: 0, y: 0, left: 0 }
room.onEvent('taken', ({ x, y }) => {
  flash = { x, y, left: 1 }
})

function frame(): void {
  room.advance(() => ({
    right: isDown('ArrowRight') - isDown('ArrowLeft'),
    down: isDown('ArrowDown') - isDown('ArrowUp'),
  }))
  context.clearRect(0, 0, canvas.width, canvas.height)
  for (const { x, y } of room.view('coin')) circle(x, y, 7, '#ffd24a')
  for (const { x, y, hue, mine, owner } of room.view('hero')) {
    circle(x, y, RADIUS, `hsl(${hue} 80% ${mine ? 70 : 55}%)`)
    context.fillStyle = '#dce6f7'
    context.textAlign = 'center'
    context.fillText(room.players.get(owner ?? -1)?.name ?? '', x, y - RADIUS - 6)
  }
  flash.left -= 0.05
  if (flash.left > 0) circle(flash.x, flash.y, 30 * (1 - flash.left), `rgb(255 210 74 / ${flash.left})`)
  scores.textContent = [...room.players.values()].map((player) => `${player.name} ${player.coins}`).join('   ')
  requestAnimationFrame(frame)
}
frame()

function circle(x: number, y: number, radius: number, color: string): void {
  context.fillStyle = color
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fill()
}
