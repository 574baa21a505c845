/** A failure: what happened, what to do about it, and how long to wait. */

import { Button, Paper, Text, Title } from '@mantine/core';
import { useCountdown } from './countdown.ts';
import type { Failure } from './failure.ts';
import { AlertIcon, ClockIcon } from './icons.tsx';
import { problemOf } from './problems.ts';

/** How to try again. `byItself` is undefined when the page has tried often enough. */
export type Retry = { readonly byHand: () => void; readonly byItself: (() => void) | undefined };

type ProblemPanelProps = { readonly failure: Failure; readonly retry: Retry };

export function ProblemPanel({ failure, retry }: ProblemPanelProps) {
  const { title, advice, remedy, mood } = problemOf(failure);
  const isUpstreamsOwn = failure.code === 'UPSTREAM_REJECTED' || failure.code === 'BAD_USER_INPUT';
  return (
    <Paper className="panel problem" data-mood={mood} data-code={failure.code}>
      <span className="problem-icon">{mood === 'wait' ? <ClockIcon /> : <AlertIcon />}</span>
      <div>
        <div role="alert">
          <Title order={2} size="h4">
            {title}
          </Title>
          <Text mt={4}>{advice}</Text>
          {isUpstreamsOwn && (
            <Text mt={4} component="blockquote" className="problem-message" dir="auto">
              {failure.message}
            </Text>
          )}
        </div>
        {remedy === 'retry' && <TryAgain failure={failure} retry={retry} />}
        {failure.requestId !== undefined && (
          <Text size="xs" className="quiet reference">
            Reference {failure.requestId}
          </Text>
        )}
      </div>
    </Paper>
  );
}

function TryAgain({ failure: { retryAfter }, retry }: ProblemPanelProps) {
  return retryAfter === undefined ? (
    <Button mt="md" variant="light" onClick={retry.byHand}>
      Try again
    </Button>
  ) : (
    <WaitThenTry seconds={retryAfter} retry={retry} />
  );
}

/** `role="timer"`: a screen reader reads it when asked, and not at every second. */
function WaitThenTry({ seconds, retry }: { readonly seconds: number; readonly retry: Retry }) {
  const left = useCountdown(seconds, retry.byItself);
  return (
    <div className="waiting">
      <Button variant="light" onClick={retry.byHand} disabled={left > 0}>
        Try again
      </Button>
      <Text role="timer" size="sm">
        {left > 0 ? waitText(left, retry.byItself !== undefined) : ''}
      </Text>
    </div>
  );
}

function waitText(left: number, isAutomatic: boolean): string {
  return isAutomatic ? `Trying again in ${left} s` : `You can try again in ${left} s`;
}
