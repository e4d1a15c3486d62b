import RAPIER from '@dimforge/rapier3d-compat'
import type { RigidBody, World } from '@dimforge/rapier3d-compat'
import { defineGame, entity, field, Random } from '@tickwire/protocol'
import type { Vec3 } from '@tickwire/protocol'
import type { Fields } from '@tickwire/protocol/internal'

/**
 * 901 bodies: 30 x 30 cubes of 0.4 m and a player's cube of 1.5 m that ploughs through them, blows them away and draws them
 * in. Gravity 20, speeds up to 32 m/s, 60 Hz; who is slower than 0.25 for 0.1 s rests. The physics are of one pinned version
 * and the steering of one seed, so that every run sees the same file.
 */
const cubesOf = (compression: 'packed' | 'entropy') =>
  defineGame({
    name: `bench-cubes-${compression}`,
    tickRateHz: 60,
    snapshotRateHz: 60,
    compression,
    entities: {
      cube: entity(
        {
          position: field.vec3({ min: -32, max: 32, precision: 1 / 512 }),
          rotation: field.quaternion({ bits: 9 }),
          interacting: field.bool(),
        },
        { position: ['position'], trend: ['position', 'rotation'] },
      ),
    },
  })
export const cubesSchema = cubesOf('packed')
export const codedCubesSchema = cubesOf('entropy')

export interface Cube extends Fields {
  position: Vec3
  rotation: { x: number; y: number; z: number; w: number }
  interacting: boolean
}

const SIDE = 30
const SPACING_M = 1
const CUBE_M = 0.4
const PLAYER_M = 1.5
const MAX_SPEED = 32
const REST_SPEED = 0.25
const REST_TICKS = 6
const REACH_M = 5
/** Ticks of one way of playing: ploughing, drawing in, ploughing, blowing away. */
const PHASE_TICKS = 90

interface Part {
  readonly body: RigidBody
  readonly cube: Cube
  slowTicks: number
}

export class CubesWorld {
  readonly cubes: readonly Cube[]
  private readonly random: Random = new Random(7)
  private readonly world: World
  private readonly parts: readonly Part[]
  private readonly player: RigidBody
  private tick = 0
  private heading = 0

  private constructor() {
    this.world = new RAPIER.World({ x: 0, y: 0, z: -20 })
    this.world.timestep = 1 / 60
    this.world.createCollider(RAPIER.ColliderDesc.cuboid(64, 64, 0.5).setTranslation(0, 0, -0.5))
    this.player = this.addBox(0, 0, PLAYER_M)
    const bodies = [this.player]
    for (let i = 0; i < SIDE * SIDE; i++) {
      const [x, y] = [(i % SIDE) - SIDE / 2 + 0.5, Math.floor(i / SIDE) - SIDE / 2 + 0.5]
      bodies.push(this.addBox(x * SPACING_M, y * SPACING_M, CUBE_M))
    }
    this.parts = bodies.map((body) => ({ body, cube: cubeOf(body), slowTicks: 0 }))
    this.cubes = this.parts.map(({ cube }) => cube)
  }

  static async create(): Promise<CubesWorld> {
    await RAPIER.init()
    return new CubesWorld()
  }

  step(): void {
    this.steer()
    this.world.step()
    this.tick++
    for (const part of this.parts) this.settle(part)
  }

  private addBox(x: number, y: number, size: number): RigidBody {
    const body = this.world.createRigidBody(RAPIER.RigidBodyDesc.dynamic().setTranslation(x, y, size / 2))
    this.world.createCollider(RAPIER.ColliderDesc.cuboid(size / 2, size / 2, size / 2).setDensity(1), body)
    return body
  }

  private steer(): void {
    const { player } = this
    const at = player.translation()
    // Back to the middle from the edges, else a little to the left or right.
    const isOut = Math.hypot(at.x, at.y) > 16
    this.heading = isOut ? Math.atan2(-at.y, -at.x) : this.heading + (this.random.next() - 0.5) * 0.2
    const mass = player.mass()
    const push = { x: Math.cos(this.heading) * mass * 1.1, y: Math.sin(this.heading) * mass * 1.1, z: 0 }
    player.applyImpulse(push, true)
    const phase = Math.floor(this.tick / PHASE_TICKS) % 4
    if (phase === 1) this.pull(at, -0.15)
    else if (phase === 3) this.pull(at, 0.15)
  }

  /** Draws in what is near, or blows it away. */
  private pull({ x, y }: Vec3, strength: number): void {
    for (const { body } of this.parts) {
      const at = body.translation()
      const [dx, dy] = [at.x - x, at.y - y]
      const distance = Math.hypot(dx, dy)
      if (body === this.player || distance > REACH_M || distance < 0.1) continue
      const impulse = (body.mass() * strength * 10) / (1 + distance)
      body.applyImpulse({ x: (dx / distance) * impulse, y: (dy / distance) * impulse, z: impulse / 2 }, true)
    }
  }

  /** Takes a body's state over, and sends to sleep what has come to rest. */
  private settle(part: Part): void {
    const { body, cube } = part
    cube.interacting = !body.isSleeping()
    if (body.isSleeping()) return
    const velocity = body.linvel()
    const speed = Math.hypot(velocity.x, velocity.y, velocity.z)
    if (speed > MAX_SPEED) body.setLinvel(scaled(velocity, MAX_SPEED / speed), true)
    const spin = body.angvel()
    const isSlow = speed < REST_SPEED && Math.hypot(spin.x, spin.y, spin.z) < REST_SPEED
    part.slowTicks = isSlow ? part.slowTicks + 1 : 0
    if (part.slowTicks >= REST_TICKS && body !== this.player) body.sleep()
    Object.assign(cube.position, body.translation())
    Object.assign(cube.rotation, body.rotation())
  }
}

function cubeOf(body: RigidBody): Cube {
  return { position: { ...body.translation() }, rotation: { ...body.rotation() }, interacting: false }
}

const scaled = ({ x, y, z }: Vec3, by: number): Vec3 => ({ x: x * by, y: y * by, z: z * by })
