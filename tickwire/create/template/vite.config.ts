import { tickwire } from 'tickwire/vite'
import { defineConfig } from 'vite'

// The game server runs inside the dev server and starts again when one of its files changes.
export default defineConfig({ plugins: [tickwire({ entry: '/server/main.ts' })] })
