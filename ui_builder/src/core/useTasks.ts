import { useQuery } from '@tanstack/react-query';
import { getTasks } from '../api/work';

const EVERY_MS = 60_000;

/** What waits for the person in the company in hand; asked again every minute. */
export function useTasks() {
  return useQuery({ queryKey: ['tasks'], queryFn: getTasks, refetchInterval: EVERY_MS });
}
