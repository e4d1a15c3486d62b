import { atan2, cos, defineGame, defineSimulation, entity, field, sin } from 'tickwire'
import type { TypesOf } from 'tickwire'

const place = field.fixed({ min: 0, max: 800, precision: 1 / 32 })
const speed = field.fixed({ min: -512, max: 512, precision: 1 / 32 })
const text = field.text({ maxBytes: 200 })
const count = field.uint({ max: 9999 })

const schema = defineGame({
  name: 'kick',
  tickRateHz: 60,
  join: { name: field.text({ maxBytes: 24 }) },
  state: { goals: count, endsAt: field.tick() },
  player: { name: field.text({ maxBytes: 24 }), kicks: count.to('owner') },
  entities: {
    runner: entity(
      { x: place, y: place, breath: field.uint({ max: 100 }).to('owner') },
      { position: ['x', 'y'], predict: 'owner' },
    ),
    ball: entity({ x: place, y: place, vx: speed, vy: speed }, { position: ['x', 'y'], rates: { x: 'vx', y: 'vy' } }),
  },
  input: { right: field.int({ min: -1, max: 1 }), down: field.int({ min: -1, max: 1 }), kick: field.press() },
  events: { thump: { x: place, y: place }, goal: { by: field.seat() } },
  messages: { chat: { toServer: { text }, toClient: { from: field.seat(), text } } },
  requests: { rest: { ask: {}, reply: { breath: count } } },
})
export interface Kick extends TypesOf<typeof schema> {}

export const KICKING_DISTANCE = 40
const RUN_PER_SECOND = 200
const PUSH_PER_SECOND = 300
const within = (value: number): number => Math.min(790, Math.max(10, value))

export const kick = defineSimulation<Kick>(schema, (world) => {
  for (const runner of world.all('runner')) {
    const input = world.inputOf(runner)
    runner.x = within(runner.x + input.right * RUN_PER_SECOND * world.dt)
    runner.y = within(runner.y + input.down * RUN_PER_SECOND * world.dt)
    if (!input.kick || runner.breath === 0) continue
    runner.breath--
    world.emit('thump', runner, { at: runner })
    if (!world.authority) continue
    for (const ball of world.near('ball', runner, KICKING_DISTANCE)) {
      const direction = atan2(ball.y - runner.y, ball.x - runner.x)
      ball.vx = cos(direction) * PUSH_PER_SECOND
      ball.vy = sin(direction) * PUSH_PER_SECOND
    }
  }
  for (const ball of world.all('ball')) {
    ball.x += ball.vx * world.dt
    ball.y += ball.vy * world.dt
    if (ball.x !== within(ball.x)) ball.vx = -ball.vx
    if (ball.y !== within(ball.y)) ball.vy = -ball.vy
    ball.x = within(ball.x)
    ball.y = within(ball.y)
  }
})
