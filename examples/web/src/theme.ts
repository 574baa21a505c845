/** Colours and shapes. Every pair of text and background has a contrast of 4.5 or more, in light and dark. */

import { createTheme, type MantineColorsTuple } from '@mantine/core';

const pine: MantineColorsTuple = [
  '#e6fbf6',
  '#d2f3ea',
  '#a6e5d4',
  '#76d6bd',
  '#4fc9aa',
  '#37c19d',
  '#26ab8a',
  '#0f766e',
  '#0b5f59',
  '#084742',
];

/** Mantine's greys for dark pages, with a little green. */
const dark: MantineColorsTuple = [
  '#e8efed',
  '#c3d0cd',
  '#9fb1ad',
  '#8ea19d',
  '#344945',
  '#22332f',
  '#1b2a28',
  '#0e1716',
  '#0c1413',
  '#080e0d',
];

export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 7 },
  colors: { pine, dark },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  headings: {
    fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
    fontWeight: '650',
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
});

/** One colour for each programme; they repeat after six. They are variables of `page.css`. */
export function programmeColour(place: number): string {
  return `var(--programme-${place % 6})`;
}
