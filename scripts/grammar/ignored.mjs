// What the checker reports and this project does not count, each with its reason.

/** Kinds of findings that are not about grammar. */
export const ignoredKinds = new Set([
  "Spelling", // names of products and services fill every message; slips are measured by tests of their own
  "Readability", // long sentences are the author's, and `upshot eval` counts their words
  "Style",
  "Enhancement",
  "Regionalism", // authors write the English they write
]);

/** Rules that are wrong on messages like ours more often than right. */
export const ignoredRules = new Map([
  ["Spaces", "a shortened headline ends in a space and an ellipsis"],
  ["DiscourseMarkers", "a comma behind an opening word is a matter of taste, and the word is the author's"],
  ["PhrasalVerbAsCompoundNoun", "takes a noun at the start of a fragment (setup, layout, backup) for a verb"],
]);

/** Findings that are false alarms in this very place: the rule, and a test of the sentence. */
const falseAlarms = [
  ["InDetail", /sign-in details/i], // the details with which somebody signs in, not "in detail"
  ["MissingTo", /expected time/i], // "expected" describes the time
  ["SentenceCapitalization", /^[a-z]+[\d_]/], // an identifier such as eth0 or updated_at keeps its spelling
];

export function isFalseAlarm({ rule, sentence }) {
  return ignoredRules.has(rule) || falseAlarms.some(([name, pattern]) => name === rule && pattern.test(sentence));
}
