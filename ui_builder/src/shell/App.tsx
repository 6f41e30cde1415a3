import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../api/problems';
import { theme } from '../ui/theme';
import { Session } from './Session';

function queryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => count < 2 && error instanceof ApiError && error.status === 0,
      },
    },
  });
}

export function App() {
  const [queries] = useState(queryClient);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" autoClose={3000} limit={2} />
        <Session />
      </QueryClientProvider>
    </MantineProvider>
  );
}
