import { useCallback, useRef, useState } from 'react';

import { pathOf, STRICT, type Endpoint } from './endpoint';
import type { WriteEndpoint } from './TabEndpoint';

/** The endpoint of the current tab: what its text names, and how another is written into it. */
export function useEndpoint() {
  const [endpoint, setEndpoint] = useState<Endpoint>(STRICT);
  const current = useRef<Endpoint>(STRICT);
  const write = useRef<WriteEndpoint | null>(null);

  const onEndpoint = useCallback((next: Endpoint) => {
    current.current = next;
    setEndpoint((last) => (pathOf(last) === pathOf(next) ? last : next));
  }, []);
  const onReady = useCallback((ready: WriteEndpoint) => {
    write.current = ready;
  }, []);
  const choose = useCallback((next: Endpoint) => write.current?.(next), []);
  return { endpoint, current, choose, watch: { onEndpoint, onReady } };
}
