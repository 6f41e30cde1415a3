import { useMeta } from '../meta/MetaContext';
import { useSession } from './SessionContext';
import styles from './shell.module.css';

/** Which company's books are open; a choice only where there is one. */
export function CompanySwitch() {
  const { user } = useMeta();
  const { company, choose } = useSession();
  if (company === null) return null;
  if (user.companies.length === 1) return <span className={styles.company}>{company.name}</span>;
  return (
    <select
      className={`${styles.company} ${styles.companySelect}`}
      aria-label="Company"
      value={company.id}
      onChange={(event) => choose(Number(event.currentTarget.value))}
    >
      {user.companies.map((one) => (
        <option key={one.id} value={one.id}>
          {one.name}
        </option>
      ))}
    </select>
  );
}
