// What the judges share about rows of { surface, from, value }.

/** Every Adaptive Card in a value, wherever it is attached. */
export function cardsIn(value) {
  if (Array.isArray(value)) return value.flatMap(cardsIn);
  if (value === null || typeof value !== "object") return [];
  if (value.type === "AdaptiveCard") return [value];
  return Object.values(value).flatMap(cardsIn);
}
