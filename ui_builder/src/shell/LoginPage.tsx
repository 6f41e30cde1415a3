import { Alert, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../api/problems';
import { signIn } from '../api/session';
import styles from './shell.module.css';

/** Asks for user name and password; the server answers with a session cookie. */
export function LoginPage({ onDone }: { readonly onDone: () => void }) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      await signIn(username, password);
      onDone();
    } catch (error) {
      setFailure(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className={styles.login}>
      <Paper
        component="form"
        withBorder
        shadow="sm"
        p="xl"
        w={340}
        maw="92vw"
        onSubmit={(event) => void submit(event)}
      >
        <Stack gap="sm">
          <div>
            <img src="/icon.svg" alt="" width={36} height={36} />
            <Title order={1} mt={6}>
              Bahi
            </Title>
            <Text size="sm" c="dimmed">
              Sign in to your books
            </Text>
          </div>
          {failure ? (
            <Alert color="red" role="alert" py="xs">
              {failure}
            </Alert>
          ) : null}
          <TextInput
            label="User name"
            name="username"
            autoComplete="username"
            required
            withAsterisk={false}
            autoFocus
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" size="sm" loading={isBusy} mt={4}>
            Sign in
          </Button>
        </Stack>
      </Paper>
    </main>
  );
}
