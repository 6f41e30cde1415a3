import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { Waiting } from '../ui/Waiting';
import { HomePage } from './HomePage';
import { NotFound } from './NotFound';
import { Shell } from './Shell';

/** What a list keeps in its address, so that going back finds it as it was. */
export interface ListSearch {
  readonly search?: string | undefined;
  readonly filter?: string | undefined;
  readonly sort?: string | undefined;
}

export type ReportSearch = Readonly<Record<string, string>>;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage });

const list = createRoute({
  getParentRoute: () => root,
  path: '/doc/$doctype',
  validateSearch: (given: Record<string, unknown>): ListSearch => ({
    search: text(given.search),
    filter: text(given.filter),
    sort: text(given.sort),
  }),
  component: lazyRouteComponent(() => import('../list/ListPage'), 'ListPage'),
});

/** `id` is `new` for a document that does not exist yet; `from` names what it is made from. */
const form = createRoute({
  getParentRoute: () => root,
  path: '/doc/$doctype/$id',
  validateSearch: (given: Record<string, unknown>): { readonly from?: string | undefined } => ({
    from: text(given.from),
  }),
  component: lazyRouteComponent(() => import('../form/DocumentPage'), 'DocumentPage'),
});

const report = createRoute({
  getParentRoute: () => root,
  path: '/report/$report',
  validateSearch: (given: Record<string, unknown>): ReportSearch => {
    const kept: Record<string, string> = {};
    for (const [name, value] of Object.entries(given)) {
      if (value !== null && value !== undefined && typeof value !== 'object')
        kept[name] = String(value);
    }
    return kept;
  },
  component: lazyRouteComponent(() => import('../report/ReportPage'), 'ReportPage'),
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: '/tasks',
  component: lazyRouteComponent(() => import('../work/TasksPage'), 'TasksPage'),
});

const standIns = createRoute({
  getParentRoute: () => root,
  path: '/stand-ins',
  component: lazyRouteComponent(() => import('../work/StandInsPage'), 'StandInsPage'),
});

/** Addresses carry plain texts: `?item=7`, not JSON. */
function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

export function makeRouter() {
  return createRouter({
    parseSearch,
    stringifySearch,
    routeTree: root.addChildren([home, list, form, report, tasks, standIns]),
    defaultPendingComponent: () => <Waiting what="Loading the page" />,
    defaultPreload: 'intent',
  });
}

declare module '@tanstack/history' {
  interface HistoryState {
    /** The form that goes on under this address: a new document keeps its form when it is saved. */
    readonly form?: string;
  }
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
