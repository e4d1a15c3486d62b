import type { Report } from '../report.ts'
import type { Drawing, Unsubscribe } from '../room-api.ts'
import type { EntityViews, ViewEntry } from './views.ts'

type AnyDrawing = Drawing<object, unknown>

/** What a drawing has on screen for an entity; a sprite that failed to be made is not asked for again. */
type Sprite = { readonly ok: true; readonly drawn: unknown } | { readonly ok: false }

interface Canvas {
  readonly kind: string
  readonly drawing: AnyDrawing
  readonly sprites: Map<ViewEntry, Sprite>
}

/** Keeps what the game draws in step with the entities: `enter`, `update` at each frame, `leave`. */
export class Drawings {
  private readonly views: EntityViews
  private readonly report: Report
  private readonly canvases: Set<Canvas> = new Set()

  constructor(views: EntityViews, report: Report) {
    this.views = views
    this.report = report
  }

  /** Entities that are there already enter with the next frame; ending the drawing makes all of them leave. */
  add(kind: string, drawing: AnyDrawing): Unsubscribe {
    const canvas: Canvas = { kind, drawing, sprites: new Map() }
    this.canvases.add(canvas)
    return () => {
      this.canvases.delete(canvas)
      for (const entry of canvas.sprites.keys()) this.leave(canvas, entry)
    }
  }

  update(): void {
    for (const canvas of this.canvases) {
      for (const entry of canvas.sprites.keys()) if (!entry.isShown) this.leave(canvas, entry)
      for (const entry of this.views.ofKind(canvas.kind)) if (entry.isShown) this.show(canvas, entry)
    }
  }

  private show(canvas: Canvas, entry: ViewEntry): void {
    const { drawing, sprites } = canvas
    const sprite = sprites.get(entry) ?? this.enter(canvas, entry)
    if (sprite.ok && drawing.update !== undefined) {
      this.guard(canvas, 'update', () => drawing.update?.(entry.view, sprite.drawn))
    }
  }

  private enter(canvas: Canvas, entry: ViewEntry): Sprite {
    let sprite: Sprite = { ok: false }
    this.guard(canvas, 'enter', () => {
      sprite = { ok: true, drawn: canvas.drawing.enter(entry.view) }
    })
    canvas.sprites.set(entry, sprite)
    return sprite
  }

  private leave(canvas: Canvas, entry: ViewEntry): void {
    const sprite = canvas.sprites.get(entry)
    canvas.sprites.delete(entry)
    if (sprite?.ok === true) this.guard(canvas, 'leave', () => canvas.drawing.leave?.(entry.view, sprite.drawn))
  }

  private guard({ kind }: Canvas, callback: keyof AnyDrawing, run: () => void): void {
    try {
      run()
    } catch (error) {
      this.report(`draw('${kind}').${callback} threw`, error)
    }
  }
}
