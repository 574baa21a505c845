/** The largest balances as bars. The lists below say the same in digits, so to a screen reader the chart is one picture. */

import { Paper, Title } from '@mantine/core';
import { Bar, BarChart, Cell, LabelList, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import { showShort } from './decimals.ts';
import type { Bar as Balance } from './programmes.ts';
import { programmeColour } from './theme.ts';

const barHeight = 34;
const labelWidth = 140;

type BalancesChartProps = {
  readonly bars: readonly Balance[];
  /** Whether every balance is loaded. Otherwise larger ones may follow. */
  readonly isWhole: boolean;
};

export function BalancesChart({ bars, isWhole }: BalancesChartProps) {
  const rows = bars.map((bar) => ({ ...bar, label: showShort(bar.balance) }));
  const spoken = rows.map(({ category, programme, label }) => `${category} in ${programme.name}: ${label}`);
  const title = isWhole ? 'Largest balances' : 'Largest balances so far';
  return (
    <Paper component="section" className="panel chart" aria-label={title}>
      <Title order={3} size="h6">
        {title}
      </Title>
      <div
        role="img"
        aria-label={`Bar chart. ${spoken.join('; ')}`}
        style={{ height: rows.length * barHeight }}
      >
        <ResponsiveContainer width="100%" height="100%">
          <BarChart
            data={rows}
            layout="vertical"
            margin={{ top: 0, right: marginFor(rows), bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <XAxis type="number" hide domain={[0, 'dataMax']} />
            <YAxis
              type="category"
              dataKey="key"
              width={labelWidth}
              axisLine={false}
              tickLine={false}
              tick={{ fill: 'var(--ink)', fontSize: 13, textAnchor: 'start', dx: 8 - labelWidth }}
              tickFormatter={(key: string) => shortName(rows.find((row) => row.key === key)?.category ?? '')}
            />
            <Bar dataKey="length" minPointSize={2} barSize={14} radius={7} isAnimationActive={false}>
              {rows.map(({ key, programme }) => (
                <Cell key={key} fill={programmeColour(programme.colour)} />
              ))}
              <LabelList dataKey="label" position="right" fill="var(--ink)" fontSize={13} fontWeight={600} />
            </Bar>
          </BarChart>
        </ResponsiveContainer>
      </div>
    </Paper>
  );
}

/** Space for the longest label beside the longest bar. */
function marginFor(rows: readonly { readonly label: string }[]): number {
  return 12 + 8 * Math.max(...rows.map(({ label }) => label.length));
}

function shortName(category: string): string {
  return category.length > 34 ? `${category.slice(0, 33)}…` : category;
}
