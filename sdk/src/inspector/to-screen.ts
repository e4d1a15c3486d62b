/** Where a place of the game's world is in the window, in CSS pixels; null: nowhere. */
export type ToScreen = (x: number, y: number) => { readonly x: number; readonly y: number } | null
