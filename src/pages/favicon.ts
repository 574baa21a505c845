/**
 * The product's sign: three balances on a ledger's page. Readable at 16 pixels, on light and on dark.
 */

/** As an SVG document. */
export const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect x="3" y="2" width="26" height="28" rx="6" fill="#0f766e"/>
<path d="M9 10h14M9 16h9M9 22h5" stroke="#ecfdf5" stroke-width="3" stroke-linecap="round"/>
<circle cx="22" cy="21.5" r="4.5" fill="#fbbf24"/>
</svg>
`;
