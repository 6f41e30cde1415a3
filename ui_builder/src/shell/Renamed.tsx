import { useLocation, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Waiting } from '../ui/Waiting';

/** Leads an address of a doctype that was called `from` to the same place of what it is called now. */
export function Renamed({ from, to }: { readonly from: string; readonly to: string }) {
  const { history } = useRouter();
  const { href } = useLocation();
  const present = href.replace(`/doc/${encodeURIComponent(from)}`, `/doc/${to}`);
  useEffect(() => history.replace(present), [history, present]);
  return <Waiting what="Loading the page" />;
}
