/** How a sound is made: a tone that glides from one pitch to another, or noise behind a filter that closes. */
interface Sound {
  readonly wave: OscillatorType | 'noise'
  readonly fromHz: number
  readonly toHz: number
  readonly seconds: number
  /** 0 to 1. */
  readonly volume: number
}

const SOUNDS = {
  shot: { wave: 'square', fromHz: 720, toHz: 170, seconds: 0.09, volume: 0.05 },
  laser: { wave: 'sawtooth', fromHz: 1900, toHz: 240, seconds: 0.3, volume: 0.07 },
  hit: { wave: 'noise', fromHz: 3600, toHz: 900, seconds: 0.1, volume: 0.14 },
  explosion: { wave: 'noise', fromHz: 1500, toHz: 60, seconds: 0.9, volume: 0.4 },
  picked: { wave: 'sine', fromHz: 520, toHz: 1240, seconds: 0.22, volume: 0.12 },
  over: { wave: 'triangle', fromHz: 330, toHz: 660, seconds: 0.9, volume: 0.16 },
} as const satisfies Readonly<Record<string, Sound>>

export type SoundName = keyof typeof SOUNDS

/** World units at which a sound has lost half of its volume. */
const HALF_AT = 420
/** More at once is noise, and costs. */
const MAX_VOICES = 14

/** The sounds of the game, all of them computed: there is no file to load. */
export class Sounds {
  private context: AudioContext | undefined
  private noise: AudioBuffer | undefined
  private isOn = false
  private voices = 0

  /** Browsers allow sound only from the first key or click on; call this from one. */
  unlock(): void {
    if (!this.isOn) return
    this.context ??= new AudioContext()
    void this.context.resume()
  }

  set on(isOn: boolean) {
    this.isOn = isOn
    if (!isOn) void this.context?.suspend()
    else void this.context?.resume()
  }

  /** Plays a sound as heard so many world units away, from the left (-1) to the right (1). */
  play(name: SoundName, distance: number = 0, pan: number = 0): void {
    const { context } = this
    if (!this.isOn || context?.state !== 'running' || this.voices >= MAX_VOICES) return
    const sound: Sound = SOUNDS[name]
    const volume = sound.volume / (1 + distance / HALF_AT)
    if (volume < 0.01) return
    const start = context.currentTime
    const gain = new GainNode(context, { gain: volume })
    gain.gain.exponentialRampToValueAtTime(0.001, start + sound.seconds)
    gain.connect(new StereoPannerNode(context, { pan: Math.min(Math.max(pan, -1), 1) })).connect(context.destination)
    const source = sound.wave === 'noise' ? this.hiss(context, sound, gain) : tone(context, sound, gain)
    this.voices++
    source.addEventListener('ended', () => this.voices--)
    source.start(start)
    source.stop(start + sound.seconds)
  }

  private hiss(context: AudioContext, { fromHz, toHz, seconds }: Sound, to: AudioNode): AudioScheduledSourceNode {
    this.noise ??= whiteNoise(context)
    const source = new AudioBufferSourceNode(context, { buffer: this.noise, loop: true })
    const filter = new BiquadFilterNode(context, { type: 'lowpass', frequency: fromHz })
    filter.frequency.exponentialRampToValueAtTime(toHz, context.currentTime + seconds)
    source.connect(filter).connect(to)
    return source
  }
}

function tone(context: AudioContext, { wave, fromHz, toHz, seconds }: Sound, to: AudioNode): AudioScheduledSourceNode {
  const source = new OscillatorNode(context, { type: wave as OscillatorType, frequency: fromHz })
  source.frequency.exponentialRampToValueAtTime(toHz, context.currentTime + seconds)
  source.connect(to)
  return source
}

function whiteNoise(context: AudioContext): AudioBuffer {
  const noise = new AudioBuffer({ length: context.sampleRate, sampleRate: context.sampleRate })
  const samples = noise.getChannelData(0)
  for (let i = 0; i < samples.length; i++) samples[i] = Math.random() * 2 - 1
  return noise
}
