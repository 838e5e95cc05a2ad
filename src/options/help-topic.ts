/** What `--help TOPIC` describes, from the same texts as the man page. */
export const helpTopics = ['columns', 'expressions', 'states', 'checks'] as const;

export type HelpTopic = (typeof helpTopics)[number];
