import { Button, Group, Modal, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';

/** Asks before what was typed is lost: inside the application, and when the window is closed. */
export function LeaveGuard({ isDirty }: { readonly isDirty: boolean }) {
  const guard = useBlocker({
    shouldBlockFn: () => isDirty,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  const isOpen = guard.status === 'blocked';
  return (
    <Modal opened={isOpen} onClose={() => guard.reset?.()} title="Leave without saving?">
      <Text size="sm">What you typed since the last save is lost.</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" data-autofocus onClick={() => guard.reset?.()}>
          Stay
        </Button>
        <Button color="red" onClick={() => guard.proceed?.()}>
          Leave
        </Button>
      </Group>
    </Modal>
  );
}
