import { startChromium } from './chromium.js'
import type { Engine, EngineName, EngineOptions } from './engine.js'
import { startFirefox } from './firefox.js'
import { startWebKit } from './webkit.js'

/** Starts the engine of that name. Another one is one more entry here, and in the configuration. */
export const startEngine: Record<EngineName, (options: EngineOptions) => Promise<Engine>> = {
  chromium: startChromium,
  firefox: startFirefox,
  webkit: startWebKit,
}
