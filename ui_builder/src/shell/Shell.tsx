import { AppShell, Burger } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet } from '@tanstack/react-router';
import { CompanySwitch } from './CompanySwitch';
import { Navigation } from './Navigation';
import { PassDialog } from './PassDialog';
import styles from './shell.module.css';
import { UserMenu } from './UserMenu';

/** The frame around every page: company, menu, user. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 216, breakpoint: 'md', collapsed: { mobile: !isOpen } }}
      padding={0}
    >
      <AppShell.Header className={styles.header}>
        <a href="#content" className={styles.skip}>
          Skip to the content
        </a>
        <Burger
          opened={isOpen}
          onClick={toggle}
          hiddenFrom="md"
          size="sm"
          aria-label="Menu"
          aria-expanded={isOpen}
        />
        <Link to="/" className={styles.brand} aria-label="Start page">
          <img src="/icon.svg" alt="" width={24} height={24} />
          <span>Bahi</span>
        </Link>
        <CompanySwitch />
        <span className={styles.space} />
        <UserMenu />
      </AppShell.Header>
      <AppShell.Navbar className={styles.navbar}>
        <Navigation onChosen={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" className={styles.main}>
        <Outlet />
      </AppShell.Main>
      <PassDialog />
    </AppShell>
  );
}
