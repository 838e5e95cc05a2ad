import type { Distribution, Labels, MetricFamily, Sample } from '../../model/report/metric.ts';
import type { Definition } from './definitions.ts';

/** Collects samples into families, in the order of each family's first sample. */
export interface Collector {
  add(definition: Omit<Definition, 'labels'>, labels: Labels, value: number | bigint): void;
  /** Adds a histogram. */
  spread(definition: Omit<Definition, 'labels'>, distribution: Distribution): void;
  /** The same collector, with further labels on everything added. */
  labelled(labels: Labels): Collector;
  families(): readonly MetricFamily[];
}

/** A collector without samples. */
export function collector(): Collector {
  const families = new Map<
    string,
    { definition: Omit<Definition, 'labels'>; samples: unknown[] }
  >();
  const samplesOf = (definition: Omit<Definition, 'labels'>) => {
    let family = families.get(definition.name);
    if (family === undefined) {
      family = { definition, samples: [] };
      families.set(definition.name, family);
    }
    return family.samples;
  };
  const within = (outer: Labels): Collector => ({
    add(definition, labels, value) {
      samplesOf(definition).push({ labels: { ...labels, ...outer }, value } satisfies Sample);
    },
    spread(definition, distribution) {
      const labels = { ...distribution.labels, ...outer };
      samplesOf(definition).push({ ...distribution, labels } satisfies Distribution);
    },
    labelled: (labels) => within({ ...outer, ...labels }),
    families: () =>
      [...families.values()].map(({ definition: { name, help, unit, type }, samples }) => {
        return { name, help, unit, type, samples } as MetricFamily;
      }),
  });
  return within({});
}
