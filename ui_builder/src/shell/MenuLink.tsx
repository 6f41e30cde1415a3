import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { MenuItem } from '../meta/types';

interface Props {
  readonly item: MenuItem;
  readonly className: string;
  readonly children: ReactNode;
  readonly onClick?: () => void;
}

/** Leads to what a menu item names: a list of documents or a report. */
export function MenuLink({ item, className, children, onClick }: Props) {
  const shared = { className, ...(onClick ? { onClick } : {}) };
  return item.kind === 'report' ? (
    <Link to="/report/$report" params={{ report: item.target }} {...shared}>
      {children}
    </Link>
  ) : (
    <Link to="/doc/$doctype" params={{ doctype: item.target }} {...shared}>
      {children}
    </Link>
  );
}
