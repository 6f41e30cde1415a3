import { parsePath } from '../core/paths';

/** Moves the focus to the control of a problem's path; to the row where the field is not in sight. */
export function focusPlace(path: string): void {
  const { row, field } = parsePath(path);
  const last = row.at(-1);
  const boxed = document.querySelector(`[data-place="${CSS.escape(path)}"]`);
  const cell =
    last === undefined
      ? null
      : (document.querySelector(
          `td[data-row="${String(last.index)}"][data-field="${CSS.escape(field)}"]`,
        ) ?? document.querySelector(`td[data-row="${String(last.index)}"]`));
  const control = (boxed ?? cell)?.querySelector('input, select, textarea');
  if (control instanceof HTMLElement) {
    control.focus();
    control.scrollIntoView({ block: 'center' });
  }
}
