/** Colours of the page as the canvas needs them: the theme's custom properties, resolved. */
export interface Palette {
  series(index: number): string;
  other: string;
  text: string;
  grid: string;
  band: string;
  inside: string;
  detected: string;
}

const SERIES = 7;

/** Reads the colours of the theme that an element is shown in. */
export function readPalette(element: HTMLElement): Palette {
  const probe = document.createElement("span");
  element.append(probe);
  const resolve = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const series = Array.from({ length: SERIES }, (_, i) => resolve(`series-${i + 1}`));
  const palette = {
    series: (index: number) => series[index % SERIES]!,
    other: resolve("series-other"),
    text: resolve("muted"),
    grid: resolve("line"),
    band: resolve("band"),
    inside: resolve("inside"),
    detected: resolve("critical"),
  };
  probe.remove();
  return palette;
}

/** The same colour, see-through. */
export function faded(rgb: string, alpha: number): string {
  return rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}
