/** Measures the load of this process. Knows nothing of what follows from it. */
import { getHeapStatistics } from 'node:v8';
import type { ProcessLoad } from './overload.ts';

/** Milliseconds between two measurements. */
const periodMs = 100;

/**
 * Reports the load ten times a second until the process ends: how late the report itself comes, which is as late as
 * anything else that the event loop has to do, and how full the heap is. Costs some microseconds each.
 */
export function watchProcessLoad(report: (load: ProcessLoad) => void): void {
  let dueAt = performance.now() + periodMs;
  setInterval(() => {
    const now = performance.now();
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    report({ loopDelayMs: Math.max(0, now - dueAt), heapPercent: (100 * used) / limit });
    dueAt = now + periodMs;
  }, periodMs).unref();
}
