import { AUTO, CANVAS, Game, Scale, WEBGL } from 'phaser'
import type { Scene, Types } from 'phaser'
import { SPACE } from './palette.ts'

/** Beyond two device pixels per CSS pixel nobody sees a difference, but every machine pays for it. */
const MAX_PIXEL_RATIO = 2

const RENDER: Types.Core.RenderConfig = {
  // Multisampling costs most of the frame on a machine without a GPU; the pictures have soft edges of their own.
  antialiasGL: false,
  // With more, Phaser's shader compares an interpolated texture number for equality, and where a renderer
  // interpolates inexactly (SwiftShader does) rotated sprites lose pieces. All sprites share a texture anyway.
  maxTextures: 1,
  powerPreference: 'high-performance',
}

/** Pixels of the canvas per CSS pixel. */
export function pixelRatio(scene: Scene): number {
  return 1 / scene.scale.zoom
}

/** Where in the scene's world a point of the window lies. */
export function toWorld(scene: Scene, clientX: number, clientY: number): { x: number; y: number } {
  const ratio = pixelRatio(scene)
  const { x, y } = scene.cameras.main.getWorldPoint(clientX * ratio, clientY * ratio)
  return { x, y }
}

/** Where in the window a place of the scene's world is. */
export function toScreen(scene: Scene, x: number, y: number): { x: number; y: number } {
  const { worldView, zoom } = scene.cameras.main
  const scale = zoom / pixelRatio(scene)
  return { x: (x - worldView.x) * scale, y: (y - worldView.y) * scale }
}

/** Starts Phaser with one scene in `parent`, as large as the window; resolves when scenes can be started. */
export function createStage(parent: HTMLElement, scene: typeof Scene, wish: string | null): Promise<Game> {
  const type = chooseRenderer(wish)
  return new Promise((resolve) => {
    const game = new Game({
      type,
      parent,
      scene,
      backgroundColor: SPACE,
      banner: false,
      // Keys and touches are ours: Phaser would swallow what is typed into the chat.
      input: { keyboard: false, mouse: false, touch: false, gamepad: false },
      audio: { noAudio: true },
      render: RENDER,
      scale: { mode: Scale.NONE, ...canvasSize(type) },
      callbacks: { postBoot: resolve },
    })
    window.addEventListener('resize', () => {
      const { width, height, zoom } = canvasSize(type)
      game.scale.setZoom(zoom)
      game.scale.resize(width, height)
    })
  })
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
