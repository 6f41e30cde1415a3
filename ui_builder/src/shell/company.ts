/** Which company was looked at last in this browser; only its id is kept. */
const KEY = 'bahi.company';

export function rememberedCompany(): number | null {
  const kept = Number(localStorage.getItem(KEY) ?? '');
  return Number.isInteger(kept) && kept > 0 ? kept : null;
}

export function rememberCompany(id: number | null): void {
  if (id === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, String(id));
}
