//! Which entries are left out where: an everyday meaning that holds in some places only, and has all terms of an entry for wider
//! places, says that there these words are nothing to explain.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::{Concept, scope::reaches};

/// Positions of entries that are left out, each with the position of the everyday meaning that does it.
pub(super) fn pairs(concepts: &[Concept]) -> Vec<(usize, usize)> {
    let leaves_out = |concept: &Concept| concept.everyday && !concept.scope.is_empty();
    // Few glossaries have one, and none pays for what it does not use.
    if !concepts.iter().any(leaves_out) {
        return Vec::new();
    }
    let mut by_term: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for (position, concept) in concepts.iter().enumerate().filter(|(_, concept)| !concept.everyday) {
        by_term.entry(concept.preferred().to_lowercase()).or_default().push(position);
    }
    let mut pairs = Vec::new();
    for (wherever, everyday) in concepts.iter().enumerate().filter(|(_, concept)| leaves_out(concept)) {
        let terms: BTreeSet<String> = everyday.terms.iter().map(|term| term.text.to_lowercase()).collect();
        let named = terms.iter().filter_map(|term| by_term.get(term)).flatten();
        let is_whole = |concept: &Concept| concept.terms.iter().all(|term| terms.contains(&term.text.to_lowercase()));
        let is_wider = |concept: &Concept| reaches(&concept.scope, &everyday.scope) && concept.scope != everyday.scope;
        let out = named.filter(|position| concepts.get(**position).is_some_and(|one| is_whole(one) && is_wider(one)));
        pairs.extend(out.map(|position| (*position, wherever)));
    }
    pairs
}
