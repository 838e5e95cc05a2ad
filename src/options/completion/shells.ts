/** The shells that there are completions for. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** One of them. */
export type Shell = (typeof shells)[number];
