import { describe, expect, it } from '@jest/globals';
import { problemTable } from './problem-table.ts';
import { renderProblemsPage } from './problems-page.ts';

describe('the page of problems', () => {
  it.each(Object.entries(problemTable))('has a section for %s', (code, { summary, remedy }) => {
    const page = renderProblemsPage();
    expect(page).toContain(`\n## ${code}\n\n${summary}\n`);
    expect(page).toContain(remedy);
  });
});

describe('the table of problems', () => {
  it.each(Object.entries(problemTable))(
    'says in whole sentences what %s means and what to do',
    (_, { summary, remedy }) => {
      expect(summary).toMatch(/^[A-Z\p{Ll}].*\.$/u);
      expect(remedy).toMatch(/^[A-Z].*\.$/);
    },
  );
});
