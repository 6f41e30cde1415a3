import { Loader } from '@mantine/core';

export function Waiting({ what }: { readonly what: string }) {
  return (
    <div
      role="status"
      aria-label={what}
      style={{ display: 'grid', placeItems: 'center', minHeight: '30vh' }}
    >
      <Loader size="sm" />
    </div>
  );
}
