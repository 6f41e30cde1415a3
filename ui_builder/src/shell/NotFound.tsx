import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';

export function NotFound() {
  return (
    <Text p="lg">
      There is no such page. <Link to="/">Go to the start page</Link>.
    </Text>
  );
}
