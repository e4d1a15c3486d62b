import { AUTO, CANVAS, Game, Scale, WEBGL } from 'phaser'
import type { Scene } from 'phaser'
import { SPACE } from './palette.ts'

/** Beyond two device pixels per CSS pixel nobody sees a difference, but every machine pays for it. */
const MAX_PIXEL_RATIO = 2

/** Pixels of the canvas per CSS pixel. */
export function pixelRatio(scene: Scene): number {
  return 1 / scene.scale.zoom
}

/** Starts Phaser in `parent` and keeps it as large as the window. */
export function createStage(parent: HTMLElement, wish: string | null): Game {
  const type = chooseRenderer(wish)
  const size = (): { width: number; height: number; zoom: number } => canvasSize(type)
  const game = new Game({
    type,
    parent,
    backgroundColor: SPACE,
    banner: false,
    // Keys and touches are ours: Phaser would swallow what is typed into the chat.
    input: { keyboard: false, mouse: false, touch: false, gamepad: false },
    audio: { noAudio: true },
    render: {
      // Multisampling costs most of the frame on a machine without a GPU; the pictures have soft edges of their own.
      antialiasGL: false,
      // With more, Phaser's shader compares an interpolated texture number for equality, and where a renderer
      // interpolates inexactly (SwiftShader does) rotated sprites lose pieces. All sprites share a texture anyway.
      maxTextures: 1,
      powerPreference: 'high-performance',
    },
    scale: { mode: Scale.NONE, ...size() },
  })
  window.addEventListener('resize', () => {
    const { width, height, zoom } = size()
    game.scale.setZoom(zoom)
    game.scale.resize(width, height)
  })
  return game
}

function canvasSize(renderer: number): { width: number; height: number; zoom: number } {
  // Canvas is for machines without a GPU: there each pixel is work for the processor.
  const ratio = renderer === CANVAS ? 1 : Math.min(window.devicePixelRatio, MAX_PIXEL_RATIO)
  return {
    width: Math.round(window.innerWidth * ratio),
    height: Math.round(window.innerHeight * ratio),
    zoom: 1 / ratio,
  }
}

function chooseRenderer(wish: string | null): number {
  if (wish === 'canvas') return CANVAS
  if (wish === 'webgl') return WEBGL
  return hasFastWebGL() ? AUTO : CANVAS
}

/** WebGL in software is slower than Canvas. Some browsers tell so only to who insists on hardware, some in a name. */
function hasFastWebGL(): boolean {
  const probe = document.createElement('canvas').getContext('webgl', { failIfMajorPerformanceCaveat: true })
  if (!probe) return false
  const names = probe.getExtension('WEBGL_debug_renderer_info')
  const name = String(names ? probe.getParameter(names.UNMASKED_RENDERER_WEBGL) : '')
  probe.getExtension('WEBGL_lose_context')?.loseContext()
  return !/swiftshader|llvmpipe|software|basic render/i.test(name)
}
