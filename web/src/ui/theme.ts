// SPDX-License-Identifier: Apache-2.0
import { part } from './dom.ts';

const storageKey = 'parley-theme';
type Theme = 'light' | 'dark';

/** The switch between light and dark: the system's choice until the person makes their own. */
export function mountTheme(): void {
  const button = part('theme', HTMLButtonElement);
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  let chosen = stored();

  const show = () => {
    const theme = chosen ?? (system.matches ? 'dark' : 'light');
    document.documentElement.dataset['theme'] = theme;
    button.setAttribute('aria-pressed', String(theme === 'dark'));
  };
  button.addEventListener('click', () => {
    chosen = document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark';
    remember(chosen);
    show();
  });
  system.addEventListener('change', show);
  show();
}

function stored(): Theme | null {
  try {
    const value = localStorage.getItem(storageKey);
    return value === 'light' || value === 'dark' ? value : null;
  } catch {
    return null;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // A browser that stores nothing asks again next time.
  }
}
