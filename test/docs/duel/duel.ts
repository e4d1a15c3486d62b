import { defineGame, defineSimulation, entity, field } from 'tickwire'
import type { SimEntity, SimWorld, TypesOf } from 'tickwire'

export const PILOT_RADIUS = 8
export const BEAM_LENGTH = 400
const RUN_PER_SECOND = 120
const ROCKET_PER_SECOND = 300

const place = field.fixed({ min: 0, max: 1024, precision: 1 / 32 })
const speed = field.fixed({ min: -512, max: 512, precision: 1 / 32 })

const schema = defineGame({
  name: 'duel',
  tickRateHz: 60,
  join: { name: field.text({ maxBytes: 24 }) },
  entities: {
    pilot: entity(
      { x: place, y: place, vx: speed, hp: field.uint({ max: 100 }), beamAt: field.tick() },
      { position: ['x', 'y'], rates: { x: 'vx' }, predict: 'owner' },
    ),
    rocket: entity(
      { x: place, y: place, vy: speed, diesAt: field.tick() },
      { position: ['x', 'y'], rates: { y: 'vy' }, predict: 'owner' },
    ),
  },
  input: { right: field.int({ min: -1, max: 1 }), rocket: field.press(), beam: field.press() },
  events: { beam: { x: place, y: place } },
})
export interface Duel extends TypesOf<typeof schema> {}

export const duel = defineSimulation<Duel>(schema, (world) => {
  for (const pilot of world.all('pilot')) {
    const input = world.inputOf(pilot)
    pilot.vx = input.right * RUN_PER_SECOND
    pilot.x = Math.min(1000, Math.max(0, pilot.x + pilot.vx * world.dt))
    if (input.rocket) launch(world, pilot)
    if (!input.beam) continue
    pilot.beamAt = world.tick
    world.emit('beam', pilot, { at: pilot })
  }
  for (const rocket of world.all('rocket')) fly(world, rocket)
})

function launch(world: SimWorld<Duel>, { x, y, owner }: SimEntity<Duel, 'pilot'>): void {
  world.spawn('rocket', { x, y, vy: ROCKET_PER_SECOND, diesAt: world.tick + 90 }, { owner })
}

function fly(world: SimWorld<Duel>, rocket: SimEntity<Duel, 'rocket'>): void {
  rocket.y += rocket.vy * world.dt
  const hit = world.near('pilot', rocket, PILOT_RADIUS).find(({ owner }) => owner !== rocket.owner)
  if (hit || world.tick >= rocket.diesAt) world.despawn(rocket)
  if (hit && world.authority) hit.hp = Math.max(0, hit.hp - 40)
}
