import { Alert, Button } from '@mantine/core';
import { sentenceOf } from '../api/problems';
import { WarningIcon } from './icons';

interface Props {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** Says in the server's own words why there is nothing to show. */
export function Failure({ error, onRetry }: Props) {
  return (
    <Alert color="red" icon={<WarningIcon />} m="md" role="alert">
      {sentenceOf(error)}
      {onRetry ? (
        <Button variant="light" color="red" mt="xs" display="block" onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </Alert>
  );
}
