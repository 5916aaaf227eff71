import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from "@tanstack/virtual-core";

export interface VirtualRowsProps<T> {
  scroller: RefObject<HTMLElement | null>;
  items: readonly T[];
  keyOf(item: T): string;
  rowHeight: number;
  /** Of what stays above the rows while they scroll. */
  headHeight: number;
  /** Kept in sight. */
  cursor: string | null;
  onEnd?(): void;
  children(item: T, index: number): ComponentChildren;
}

/** Draws only the rows in sight, each at its place in a column as high as all of them. */
export function VirtualRows<T>(props: VirtualRowsProps<T>) {
  const { scroller, items, keyOf, rowHeight, headHeight, cursor, onEnd, children } = props;
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const virtualizer = useRef<Virtualizer<HTMLElement, HTMLElement> | null>(null);
  const options = {
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index: number) => keyOf(items[index]!),
    overscan: 8,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw(0),
  };
  virtualizer.current ??= new Virtualizer(options);
  virtualizer.current.setOptions(options);
  // What every framework's adapter of the virtualizer calls, underscore or not.
  // oxlint-disable-next-line no-underscore-dangle
  useLayoutEffect(() => virtualizer.current!._didMount(), []);
  // oxlint-disable-next-line no-underscore-dangle
  useLayoutEffect(() => virtualizer.current!._willUpdate());

  const at = cursor === null ? -1 : items.findIndex((item) => keyOf(item) === cursor);
  useLayoutEffect(() => {
    if (at >= 0) virtualizer.current!.scrollToIndex(at, { align: "auto" });
  }, [at, cursor]);

  const shown = virtualizer.current.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (onEnd && items.length > 0 && last >= items.length - 1) onEnd();
  }, [last, items.length]);

  return (
    <div
      role="rowgroup"
      class="virtual"
      style={{ height: `${virtualizer.current.getTotalSize()}px` }}
    >
      {shown.map(({ key, index, start }) => (
        <div
          key={key}
          role="row"
          aria-rowindex={index + 2}
          class={index === at ? "row cursor" : "row"}
          style={{ height: `${rowHeight}px`, transform: `translateY(${start - headHeight}px)` }}
        >
          {children(items[index]!, index)}
        </div>
      ))}
    </div>
  );
}
