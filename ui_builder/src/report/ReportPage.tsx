import { useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { runReport } from '../api/documents';
import { useMeta } from '../meta/MetaContext';
import type { Report } from '../meta/types';
import { NotFound } from '../shell/NotFound';
import { Failure } from '../ui/Failure';
import { Waiting } from '../ui/Waiting';
import { AskBar } from './AskBar';
import { ReportTable } from './ReportTable';
import styles from './report.module.css';

function OneReport({ report }: { readonly report: Report }) {
  const ask = useSearch({ from: '/report/$report' });
  const navigate = useNavigate({ from: '/report/$report' });
  const missing = useMemo(
    () =>
      report.ask.filter(
        (field) =>
          field.required && !field.hasDefault && field.name !== 'company' && !ask[field.name],
      ),
    [report, ask],
  );
  const query = useQuery({
    queryKey: ['report', report.key, ask],
    queryFn: () => runReport(report.key, ask),
    enabled: missing.length === 0,
    placeholderData: (before, previous) =>
      previous?.queryKey[1] === report.key ? before : undefined,
  });
  useDocumentTitle(`${report.label} · Bahi`);
  const put = (given: Readonly<Record<string, string>>) => void navigate({ search: given });

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>{report.label}</h1>
      </header>
      <AskBar
        key={JSON.stringify(ask)}
        report={report}
        ask={ask}
        asked={query.data?.asked ?? null}
        isBusy={query.isFetching}
        onRun={put}
      />
      {missing.length > 0 ? (
        <p className={styles.none}>
          Choose {missing.map((field) => field.label).join(', ')} to see the report.
        </p>
      ) : query.error ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {query.isLoading ? <Waiting what={`Working out ${report.label}`} /> : null}
      {query.data && !query.error && missing.length === 0 ? (
        <ReportTable label={report.label} answer={query.data} isBusy={query.isFetching} />
      ) : null}
    </div>
  );
}

/** Any report of the metadata: its questions above, its answer below. */
export function ReportPage() {
  const { report: key } = useParams({ from: '/report/$report' });
  const report = useMeta().reports[key];
  return report ? <OneReport key={key} report={report} /> : <NotFound />;
}
