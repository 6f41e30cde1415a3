// @vitest-environment jsdom
import { act, renderHook } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { stretch, useSelection } from './useSelection';

describe('the rows that are chosen', () => {
  it('are a stretch between two, whichever comes first', () => {
    expect(stretch([5, 3, 9, 1], 3, 1)).toEqual([3, 9, 1]);
    expect(stretch([5, 3, 9, 1], 1, 3)).toEqual([3, 9, 1]);
    expect(stretch([5, 3], 3, 7)).toEqual([]);
  });

  it('are chosen one by one, and stand in the order of the list', () => {
    const { result } = renderHook(() => useSelection([5, 3, 9, 1]));
    act(() => result.current.toggle(9));
    act(() => result.current.toggle(5));
    expect(result.current.ids).toEqual([5, 9]);
    act(() => result.current.toggle(9));
    expect(result.current.ids).toEqual([5]);
    expect([result.current.has(5), result.current.has(9)]).toEqual([true, false]);
  });

  it('grow and shrink with the stretch, and keep what was chosen beside it', () => {
    const { result } = renderHook(() => useSelection([1, 2, 3, 4, 5, 6]));
    act(() => result.current.toggle(6));
    act(() => result.current.toggle(2));
    act(() => result.current.extend(2, 3));
    act(() => result.current.extend(3, 4));
    expect(result.current.ids).toEqual([2, 3, 4, 6]);
    act(() => result.current.extend(4, 3));
    expect(result.current.ids).toEqual([2, 3, 6]);
    act(() => result.current.extend(3, 1));
    expect(result.current.ids).toEqual([1, 2, 6]);
  });

  it('begin where the focus is, and are forgotten when they are off the screen', () => {
    const { result, rerender } = renderHook(({ order }) => useSelection(order), {
      initialProps: { order: [1, 2, 3] },
    });
    act(() => result.current.extend(2, 3));
    expect(result.current.ids).toEqual([2, 3]);
    rerender({ order: [1, 3] });
    expect(result.current.ids).toEqual([3]);
    act(() => result.current.set([]));
    expect(result.current.ids).toEqual([]);
  });
});
