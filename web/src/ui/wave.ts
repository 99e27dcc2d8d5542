// SPDX-License-Identifier: Apache-2.0
import type { Store } from '../state/store.ts';
import { viewState } from '../state/view_state.ts';
import { part, prefersStillness } from './dom.ts';

const barWidth = 3;
const barGap = 4;

/** The level meter behind the talk button: the newest loudness in the middle, wandering outwards. */
export class Wave {
  private readonly canvas = part('wave', HTMLCanvasElement);
  private readonly levels: number[] = [];
  private width = 0;
  private height = 0;
  private drawing = false;

  constructor(store: Store) {
    new ResizeObserver(() => this.measure()).observe(this.canvas);
    new MutationObserver(() => this.drawSoon()).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    let shown = '';
    store.subscribe((state) => {
      const view = viewState(state);
      if (view === shown) return;
      shown = view;
      this.canvas.dataset['state'] = view;
      if (view === 'idle' || view === 'offline') this.levels.length = 0;
      this.drawSoon();
    });
  }

  push(level: number): void {
    this.levels.unshift(level);
    this.levels.length = Math.min(this.levels.length, 200);
    this.drawSoon();
  }

  private measure(): void {
    const scale = window.devicePixelRatio;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = Math.round(this.width * scale);
    this.canvas.height = Math.round(this.height * scale);
    this.drawSoon();
  }

  private drawSoon(): void {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.draw();
    });
  }

  private draw(): void {
    const context = this.canvas.getContext('2d');
    if (context === null || this.width === 0) return;
    context.setTransform(window.devicePixelRatio, 0, 0, window.devicePixelRatio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    // Who asked for stillness gets one level for the whole width instead of a moving trace.
    const still = prefersStillness();
    const step = barWidth + barGap;
    // Where the trace passes behind the button, the style sheet says how much of it is hidden.
    const style = getComputedStyle(this.canvas);
    context.fillStyle = style.color;
    const hidden = Math.ceil(Number.parseFloat(style.getPropertyValue('--hidden-middle')) / 2 / step);
    const count = Math.floor(this.width / 2 / step);
    for (let i = hidden; i < count; i += 1) {
      const level = this.levels[still ? 0 : i - hidden] ?? 0;
      const nearness = 1 - i / count;
      const tall = 3 + level * (this.height - 6) * (0.25 + 0.75 * nearness);
      context.globalAlpha = 0.15 + 0.85 * nearness * (level > 0.02 ? 1 : 0.45);
      this.bar(context, this.width / 2 + i * step, tall);
      this.bar(context, this.width / 2 - i * step, tall);
    }
  }

  private bar(context: CanvasRenderingContext2D, x: number, tall: number): void {
    context.beginPath();
    context.roundRect(x - barWidth / 2, (this.height - tall) / 2, barWidth, tall, barWidth / 2);
    context.fill();
  }
}
