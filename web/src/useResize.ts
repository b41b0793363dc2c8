import { useState, type KeyboardEvent, type PointerEvent } from 'react';

import { isNarrow } from './narrow';

const LEAST = 48;
const STEP = 24;

/** A height in pixels with the properties of the separator above it: dragged, or moved by the arrow keys. */
export function useResize() {
  const [height, setHeight] = useState(() => Math.round(window.innerHeight * (isNarrow() ? 0.12 : 0.26)));
  const most = Math.round(window.innerHeight * 0.7);
  const set = (value: number) => setHeight(Math.min(most, Math.max(LEAST, Math.round(value))));

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => event.currentTarget.setPointerCapture(event.pointerId);
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) set(height - event.movementY);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowUp') set(height + STEP);
    else if (event.key === 'ArrowDown') set(height - STEP);
    else return;
    event.preventDefault();
  };

  const separator = {
    role: 'separator',
    tabIndex: 0,
    'aria-orientation': 'horizontal',
    'aria-valuenow': height,
    'aria-valuemin': LEAST,
    'aria-valuemax': most,
    onPointerDown,
    onPointerMove,
    onKeyDown,
  } as const;
  return { height, separator };
}
