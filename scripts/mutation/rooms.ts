// The rooms whose rules a mutation run covers, and the tests that are to notice: the rules’ own first, then whoever else uses them without a screen.

export const rooms: Record<string, { sources: string[]; tests: string[] }> = {
  crypto: {
    sources: ['src/crypto/*.ts'],
    tests: [
      'test/crypto/*.test.ts',
      'test/approvals/receipt.test.ts',
      'test/approvals/verdict.test.ts',
      'test/sdk/receipts.test.ts',
      'test/sdk/lasting-receipts.test.ts',
    ],
  },
  text: { sources: ['src/text/*.ts'], tests: ['test/text/*.test.ts'] },
  approvals: {
    sources: ['src/state/approvals/*.ts'],
    tests: [
      'test/approvals/rules/*.test.ts',
      'test/approvals/verdict.test.ts',
      'test/approvals/model.test.ts',
      'test/approvals/narrowing.test.ts',
      'test/approvals/undo.test.ts',
      'test/approvals/bulk.test.ts',
      'test/approvals/moments.test.ts',
      'test/approvals/{clock-watch,fresh-sign-in}.test.ts',
      'test/approvals/{attacks,machine,meanwhile,quiet,quorum,receipt,reports,requester,review-keys,standing,known-agents}.test.ts',
      'test/approvals/{screen,hostile,notify,by-command,server-model}.test.ts',
    ],
  },
  rules: {
    sources: ['src/control-plane/rules/*.ts'],
    tests: [
      'test/control-plane/rules/*.test.ts',
      'test/approvals/rules/*.test.ts',
      'test/control-plane/{trust,verification,approvals,agents}.test.ts',
    ],
  },
};
