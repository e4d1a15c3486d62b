import { describe, expect, it } from 'vitest'
import { layoutOf } from '@tickwire/protocol/internal'
import { EntityViews } from '../../../sdk/src/view/views.ts'
import { Drawings } from '../../../sdk/src/view/draw.ts'
import { flyerSchema } from '../flyer.ts'

const layout = layoutOf(flyerSchema)
const ship = layout.kindByName.get('ship')!
const SEAT = 2

function setup() {
  const views = new EntityViews(layout, SEAT)
  const reports: { message: string; error: unknown }[] = []
  const drawings = new Drawings(views, (message, error) => reports.push({ message, error }))
  return { views, drawings, reports }
}

describe('a view', () => {
  it('shows what its entity is, always the present', () => {
    const { views } = setup()
    const entry = views.add(ship, 7, SEAT)
    Object.assign(entry.fields, { x: 1, hp: 50 })
    expect(entry.view).toMatchObject({ id: 7, kind: 'ship', owner: SEAT, mine: true, x: 1, hp: 50 })
    entry.fields['x'] = 2
    expect(entry.view).toMatchObject({ x: 2 })
    views.setOwner(entry, 3)
    expect(entry.view).toMatchObject({ owner: 3, mine: false })
  })

  it('can be spread and listed like a plain object', () => {
    const { views } = setup()
    const { view, fields } = views.add(ship, 7, null)
    Object.assign(fields, { x: 1 })
    expect({ ...view }).toMatchObject({ id: 7, x: 1 })
    expect(Object.keys(view)).toEqual(expect.arrayContaining(['id', 'kind', 'owner', 'mine', 'x', 'y', 'hp', 'cargo']))
  })

  it('refuses to be written, and says where to do that', () => {
    const { views } = setup()
    const view = views.add(ship, 7, null).view as { hp: number; nonsense?: number }
    expect(() => (view.hp = 0)).toThrow(/ship\.hp is read-only here: change it on the server, or .*world\.authority/)
    expect(() => (view.nonsense = 1)).toThrow(TypeError)
  })

  it('keeps its object when the server gives its entity an id', () => {
    const { views } = setup()
    const entry = views.add(ship, -4, SEAT)
    views.rename(entry, 9)
    expect(views.find(9)).toBe(entry)
    expect(views.find(-4)).toBeUndefined()
    expect(entry.view).toMatchObject({ id: 9 })
  })
})

describe('a drawing', () => {
  it('enters with the first frame, updates with each, leaves once', () => {
    const { views, drawings } = setup()
    const log: string[] = []
    drawings.add('ship', {
      enter: (view) => {
        log.push('enter')
        return view
      },
      update: (view, drawn) => log.push(view === drawn ? 'update' : 'another'),
      leave: () => log.push('leave'),
    })
    const entry = views.add(ship, 1, null)
    expect(log).toEqual([])
    drawings.update()
    drawings.update()
    views.remove(entry)
    drawings.update()
    drawings.update()
    expect(log).toEqual(['enter', 'update', 'update', 'leave'])
  })

  it('shows only its kind', () => {
    const { views, drawings } = setup()
    const kinds: string[] = []
    drawings.add('ship', { enter: (view) => kinds.push((view as { kind: string }).kind) })
    views.add(layout.kindByName.get('rock')!, 1, null)
    views.add(ship, 2, null)
    drawings.update()
    expect(kinds).toEqual(['ship'])
  })

  it('leaves while its entity is hidden, and enters again when it comes back', () => {
    const { views, drawings } = setup()
    const log: string[] = []
    drawings.add('ship', { enter: () => log.push('enter'), leave: () => log.push('leave') })
    const entry = views.add(ship, 1, null)
    drawings.update()
    entry.isShown = false
    drawings.update()
    entry.isShown = true
    drawings.update()
    expect(log).toEqual(['enter', 'leave', 'enter'])
  })

  it('takes all its sprites away when it is ended', () => {
    const { views, drawings } = setup()
    const left: unknown[] = []
    const stop = drawings.add('ship', { enter: () => 'sprite', leave: (_view, drawn) => left.push(drawn) })
    views.add(ship, 1, null)
    views.add(ship, 2, null)
    drawings.update()
    stop()
    expect(left).toEqual(['sprite', 'sprite'])
    drawings.update()
    expect(left).toHaveLength(2)
  })

  it('whose enter throws is reported and not asked again for that entity; the others are drawn', () => {
    const { views, drawings, reports } = setup()
    const log: unknown[] = []
    drawings.add('ship', {
      enter: (view) => {
        const { id } = view as { id: number }
        if (id === 1) throw new Error('no texture')
        return id
      },
      update: (_view, drawn) => log.push(drawn),
    })
    const entry = views.add(ship, 1, null)
    views.add(ship, 2, null)
    drawings.update()
    drawings.update()
    views.remove(entry)
    drawings.update()
    expect(reports.map(({ message }) => message)).toEqual(["draw('ship').enter threw"])
    expect(log).toEqual([2, 2, 2])
  })

  it('whose update throws is reported and goes on', () => {
    const { views, drawings, reports } = setup()
    let calls = 0
    drawings.add('ship', {
      enter: () => null,
      update: () => {
        calls++
        throw new Error('gone')
      },
    })
    views.add(ship, 1, null)
    drawings.update()
    drawings.update()
    expect(calls).toBe(2)
    expect(reports[0]!.message).toBe("draw('ship').update threw")
  })
})
