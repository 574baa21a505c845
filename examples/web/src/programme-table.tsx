/** The balances of one programme. */

import { Badge, Paper, Table, Title } from '@mantine/core';
import { showDecimal } from './decimals.ts';
import type { Programme } from './programmes.ts';
import { programmeColour } from './theme.ts';

export function ProgrammeTable({ programme }: { readonly programme: Programme }) {
  const { id, name, entries, colour } = programme;
  const title = `programme-${id}`;
  return (
    <Paper component="section" className="panel programme" aria-labelledby={title}>
      <div className="programme-head">
        <span className="programme-dot" style={{ background: programmeColour(colour) }} aria-hidden="true" />
        <Title order={3} size="h5" id={title} dir="auto">
          {name}
        </Title>
        <span className="quiet programme-count">
          {entries.length === 1 ? '1 balance' : `${entries.length} balances`}
        </span>
      </div>
      <Table layout="fixed" verticalSpacing="sm" horizontalSpacing={0} aria-labelledby={title}>
        <Table.Thead className="for-screen-readers">
          <Table.Tr>
            <Table.Th scope="col">Category</Table.Th>
            <Table.Th scope="col">Balance</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map(({ cursor, node }) => (
            <Table.Tr key={cursor}>
              <Table.Td dir="auto">
                {node.pointsCategory}
                {node.alternateCurrency !== null && (
                  <Badge variant="light" ml="xs" tt="none">
                    {node.alternateCurrency}
                  </Badge>
                )}
              </Table.Td>
              <Table.Td className="balance">{showDecimal(node.closingBalance)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
