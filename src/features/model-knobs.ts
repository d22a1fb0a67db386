/** What can be chosen of a model. */
export interface ModelKnobs {
  /** `embedding`, or the name of a layer. */
  readonly layer: string;
  /** Classes with their scores that become columns, best first. */
  readonly labels: number;
}
