import { beforeEach, describe, expect, it } from 'vitest'
import type { DirectMessage, NameHolder, Names } from '../../../server/src/directory/names.ts'

interface Holder extends NameHolder {
  readonly heard: DirectMessage[]
  status: string
}

function holder(userId: string): Holder {
  const heard: DirectMessage[] = []
  const one: Holder = {
    userId,
    heard,
    status: '',
    presence: () => ({ status: one.status, roomId: null }),
    deliver: (message) => void heard.push(message),
  }
  return one
}

const hello: DirectMessage = { userId: 'u-eve', from: 'eve', text: 'hello' }

/** What the names of every directory do, whatever stands behind it. */
export function namesContract(name: string, create: () => Names): void {
  describe(`${name}: names`, () => {
    let names: Names
    beforeEach(() => {
      names = create()
    })

    it('[LOB6] are given to the first, however many ask at once', async () => {
      const holders = Array.from({ length: 20 }, (_, i) => holder(`u${i}`))
      const given = await Promise.all(holders.map((one) => names.claim('ada', one)))
      expect(given.filter(Boolean).length).toBe(1)
      const winner = holders[given.indexOf(true)]!
      expect(await names.find('ada')).toMatchObject({ userId: winner.userId })
    })

    it('[LOB6] are one per holder: the one before is free at once', async () => {
      const [ada, bob] = [holder('ada'), holder('bob')]
      expect(await names.claim('first', ada)).toBe(true)
      expect(await names.claim('second', ada)).toBe(true)
      expect(await names.claim('first', bob)).toBe(true)
      expect(await names.claim('second', bob)).toBe(false)
      // Whoever was refused still has what it had.
      expect(await names.find('first')).toMatchObject({ userId: 'bob' })
    })

    it('are kept by who claims them again, and free when released', async () => {
      const [ada, bob] = [holder('ada'), holder('bob')]
      await names.claim('ada', ada)
      expect(await names.claim('ada', ada)).toBe(true)
      await names.release(bob)
      expect(await names.claim('ada', bob)).toBe(false)
      await names.release(ada)
      await names.release(ada)
      expect(await names.find('ada')).toBeNull()
      expect(await names.claim('ada', bob)).toBe(true)
    })

    it('tell where their holder is at the time of asking', async () => {
      const ada = holder('ada')
      await names.claim('ada', ada)
      ada.status = 'playing'
      expect(await names.find('ada')).toEqual({ userId: 'ada', status: 'playing', roomId: null })
    })

    it('take messages to whoever has them, and say when nobody has', async () => {
      const ada = holder('ada')
      await names.claim('ada', ada)
      expect(await names.tell('ada', hello)).toBe(true)
      expect(await names.tell('bob', hello)).toBe(false)
      expect(ada.heard).toEqual([hello])
    })
  })
}
