// SPDX-License-Identifier: Apache-2.0

const longestSeconds = 30;

/** Seconds to wait before reconnecting for the n-th time (from 1): 1, 2, 4, 8, 16, 30, 30, … */
export function reconnectDelaySeconds(attempt: number): number {
  return Math.min(2 ** (Math.max(attempt, 1) - 1), longestSeconds);
}
