// SPDX-License-Identifier: Apache-2.0

/** An element that index.html is known to hold. */
export function part<T extends Element>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page lacks #${id}`);
  return element;
}

type Child = Node | string | null;

/** Makes an element. Names with a dash and `role` become attributes, the rest properties. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Record<string, unknown> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes('-') || key === 'role') element.setAttribute(key, String(value));
    else (element as unknown as Record<string, unknown>)[key] = value;
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** Sets the text only if it differs, so that nothing is announced or redrawn twice. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function prefersStillness(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** The heading path for readers, without the document's own title, which stands above it. */
export function headingPath(heading: string, title: string): string {
  const steps = heading.split(/\s*[>›]\s*/).filter((step) => step !== '');
  return (steps[0] === title ? steps.slice(1) : steps).join(' › ');
}
