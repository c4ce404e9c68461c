//! Parts of speech by context rules over what the lexicon allows.
//!
//! The rules decide mostly one question, noun or verb, because that is what a replacement needs to know. A tag never
//! triggers a rewrite alone: a glossary entry with another part of speech simply does not match.

use std::ops::Range;

use super::{Tag, Token, TokenKind};
use crate::engine::lexicon::Flags;
use crate::engine::lexicon::inflect::VerbForm;

const BE: [&str; 12] = ["be", "am", "is", "are", "was", "were", "been", "being", "'s", "'re", "'m", "isn't"];
const HAVE: [&str; 7] = ["have", "has", "had", "having", "'ve", "hasn't", "haven't"];
const PARTICLES: [&str; 11] = ["up", "down", "back", "out", "off", "over", "away", "in", "on", "through", "around"];
const DO_LIKE: [&str; 15] = [
    "do", "does", "did", "don't", "doesn't", "didn't", "dont", "doesnt", "didnt", "please", "let's", "lets", "cannot",
    "help", "pls",
];
/// Verbs that have another verb behind them: "help deploy", "go check".
const LEADING_VERBS: [&str; 8] = ["help", "let", "make", "go", "come", "try", "dare", "need"];
/// Nouns and verbs alike, which are orders where nothing but a thing follows: "Update tests", "Bump stripe-java".
const ORDERS: [&str; 8] = ["update", "bump", "upgrade", "rework", "tweak", "document", "refactor", "fix"];
const SUBJECT_PRONOUNS: [&str; 8] = ["i", "we", "you", "they", "he", "she", "who", "y'all"];

/// Tokens behind a word in which the verb of its clause is sought.
const LONGEST_CLAUSE: usize = 40;
const ADJECTIVE: Flags =
    Flags::from_bits(Flags::ADJ.bits() | Flags::ADJ_COMPARATIVE.bits() | Flags::ADJ_SUPERLATIVE.bits());
const ANY: Flags = Flags::from_bits(u32::MAX);

/// Tags one sentence.
pub(super) fn tag(tokens: &mut [Token], range: Range<usize>) {
    for index in range.clone() {
        let tag = decide(tokens, &range, index);
        if let Some(token) = tokens.get_mut(index) {
            token.tag = tag;
        }
    }
}

fn decide(tokens: &[Token], range: &Range<usize>, index: usize) -> Tag {
    let Some(token) = tokens.get(index) else { return Tag::Punctuation };
    match token.kind {
        TokenKind::Fact(_) => return Tag::Fact,
        TokenKind::Punctuation => return Tag::Punctuation,
        TokenKind::Marker => return Tag::Marker,
        TokenKind::Word => {}
    }
    let context = Context::new(tokens, range, index);
    if let Some(tag) = closed_class(token, &context) {
        return tag;
    }
    open_class(token, &context)
}

/// What stands around a token, within its sentence.
struct Context<'a> {
    before: Option<&'a Token>,
    before_that: Option<&'a Token>,
    after: Option<&'a Token>,
    after_that: Option<&'a Token>,
    earlier: &'a [Token],
    rest: &'a [Token],
    /// Nothing but punctuation, a clause boundary or an adverb behind one stands in front.
    starts_clause: bool,
    starts_sentence: bool,
}

impl<'a> Context<'a> {
    fn new(tokens: &'a [Token], range: &Range<usize>, index: usize) -> Self {
        let at = |position: usize| (range.contains(&position)).then(|| tokens.get(position)).flatten();
        let before = index.checked_sub(1).and_then(at);
        let before_that = index.checked_sub(2).and_then(at);
        let boundary = |token: &Token| {
            token.tag == Tag::Punctuation
                && token.lower.starts_with([',', ';', ':', '(', '-', '–', '—', '"', '*', '_', ']', '.'])
                || token.is(&["and", "but", "so", "or"])
        };
        Self {
            before,
            before_that,
            after: at(index + 1),
            after_that: at(index + 2),
            earlier: tokens.get(range.start..index).unwrap_or_default(),
            rest: tokens.get(index + 1..range.end).unwrap_or_default(),
            // "Also log the errors": an adverb may stand in front.
            starts_clause: before.is_none_or(|token| {
                boundary(token) || token.tag == Tag::Adverb && !token.is(&DO_LIKE) && before_that.is_none_or(boundary)
            }),
            starts_sentence: before.is_none(),
        }
    }

    /// A finite verb stands in front, and nothing that could begin another clause behind it.
    fn clause_has_verb(&self) -> bool {
        for token in self.earlier.iter().rev() {
            if matches!(token.tag, Tag::Conjunction | Tag::Punctuation | Tag::Question | Tag::Pronoun | Tag::Marker)
                || token.is(&["that", "which", "who"])
            {
                return false;
            }
            // "We are interested in …": a participle alone may describe a noun, its helper is a verb.
            if matches!(token.tag, Tag::Auxiliary | Tag::Modal) {
                return true;
            }
            if let Tag::Verb(form) = token.tag {
                // "we think the server crashes", "it says the job fails"
                let speaks = [
                    "think", "say", "know", "believe", "see", "mean", "show", "hope", "guess", "suspect", "report",
                    "find", "confirm", "ensure", "fear", "assume", "expect", "notice",
                ];
                if form != VerbForm::PastParticiple {
                    return !token.lemmas().any(|lemma| speaks.contains(&lemma));
                }
            }
        }
        false
    }

    fn before_is(&self, words: &[&str]) -> bool {
        self.before.is_some_and(|token| token.is(words))
    }

    fn after_is(&self, words: &[&str]) -> bool {
        self.after.is_some_and(|token| token.is(words))
    }

    /// The next word can be the verb of this one, and an object stands behind it.
    fn verb_follows(&self) -> bool {
        self.after.is_some_and(|next| next.has(Flags::VERB_3SG))
            && self.after_that.is_some_and(|object| is_determiner(object) || object.has(Flags::PRONOUN))
    }

    /// The first token behind that is no fact: "is" in "Release 1.2 is out".
    fn behind_facts(&self) -> Option<&'a Token> {
        self.rest.iter().find(|token| !matches!(token.kind, TokenKind::Fact(_)))
    }

    /// An adjective and a noun follow.
    fn is_described(&self) -> bool {
        let noun_follows = || self.after_that.is_some_and(nominal_start);
        self.after.is_some_and(|next| next.has(ADJECTIVE) && (!next.has(Flags::NOUN | Flags::VERB) || noun_follows()))
    }

    /// Whether the clause has a finite verb behind the token.
    fn verb_behind(&self) -> bool {
        const JOINTS: [&str; 12] =
            ["and", "but", "because", "that", "which", "so", "if", "when", "as", "where", "who", "while"];
        let ends = |token: &&Token| token.kind == TokenKind::Punctuation || token.is(&JOINTS);
        let rest = self.rest.iter().take(LONGEST_CLAUSE).take_while(|token| !ends(token));
        rest.skip(usize::from(self.is_described())).any(finite_verb)
    }

    /// The nearest word in front that is not an adverb or "not".
    fn governor(&self) -> Option<&'a Token> {
        match self.before {
            Some(token) if matches!(token.tag, Tag::Adverb | Tag::Negation) && !token.is(&DO_LIKE) => self.before_that,
            other => other,
        }
    }
}

fn closed_class(token: &Token, context: &Context<'_>) -> Option<Tag> {
    let lower = token.lower.as_str();
    Some(match lower {
        "to" => {
            let verb_follows =
                context.after.is_some_and(|next| next.has(Flags::VERB_BASE) && !next.has(Flags::DETERMINER));
            let certain_noun =
                context.before_is(&["due", "thanks", "according", "relative", "prior", "up", "next", "close"]);
            if verb_follows && !certain_noun { Tag::To } else { Tag::Preposition }
        }
        "not" | "never" | "n't" => Tag::Negation,
        "no" => Tag::Determiner,
        "'s" => {
            // "it's slow" is a verb, "the deploy's owner" a possessive.
            let pronoun = context.before.is_some_and(|word| {
                word.tag == Tag::Pronoun || word.is(&["that", "there", "here", "what", "let", "who"])
            });
            if pronoun { Tag::Auxiliary } else { Tag::Possessive }
        }
        "'re" | "'m" | "'ve" => Tag::Auxiliary,
        "'ll" | "'d" => Tag::Modal,
        // Chat leaves the apostrophe out.
        "dont" | "doesnt" | "didnt" | "isnt" | "arent" | "wasnt" | "werent" | "hasnt" | "havent" => Tag::Auxiliary,
        "cant" | "wont" | "couldnt" | "shouldnt" | "wouldnt" => Tag::Modal,
        _ if lower.ends_with("n't") || lower == "cannot" => {
            if token.has(Flags::MODAL)
                || ["can't", "won't", "couldn't", "shouldn't", "wouldn't", "mustn't", "cannot"].contains(&lower)
            {
                Tag::Modal
            } else {
                Tag::Auxiliary
            }
        }
        _ if BE.contains(&lower) || HAVE.contains(&lower) => Tag::Auxiliary,
        "do" | "does" | "did" => Tag::Auxiliary,
        "that" | "this" | "these" | "those" => {
            let noun_follows = context.after.is_some_and(|next| {
                next.has(Flags::NOUN) || next.has(Flags::ADJ) || !next.has(ANY) && next.kind == TokenKind::Word
            });
            let verb_follows = context
                .after
                .is_some_and(|next| next.is(BE.as_slice()) || next.has(Flags::MODAL) || next.is(HAVE.as_slice()));
            // "this fixes it": one of a thing is not "fixes".
            let one = matches!(lower, "that" | "this");
            let verb_follows = verb_follows
                || one
                    && context.after.is_some_and(|next| next.has(Flags::VERB_3SG) && !next.has(Flags::NOUN_SINGULAR));
            // "an attempt that exploits trust": behind a noun and before a verb form, "that" opens a relative clause.
            let relative = lower == "that"
                && context.before.is_some_and(|word| word.tag.is_nominal())
                && context.after.is_some_and(|next| next.has(Flags::VERB_3SG | Flags::VERB_PAST | Flags::MODAL));
            if noun_follows && !verb_follows && !relative { Tag::Determiner } else { Tag::Pronoun }
        }
        "please" => Tag::Adverb,
        "only" | "still" | "even" if !context.before.is_some_and(is_determiner) => Tag::Adverb,
        "may" | "might" | "must" | "can" | "could" | "shall" | "should" | "will" | "would"
            if !context.before.is_some_and(is_determiner) =>
        {
            Tag::Modal
        }
        "back" | "up" | "down" | "out" | "off" | "over" | "away" | "through" | "around" | "on" | "in"
            if PARTICLES.contains(&lower) && !context.before.is_some_and(is_determiner) =>
        {
            let noun_follows = context.after.is_some_and(|next| {
                is_determiner(next)
                    || matches!(next.kind, TokenKind::Fact(_))
                    || next.has(Flags::NOUN | Flags::ADJ | Flags::PRONOUN)
                    || next.capital
            });
            let adverbial = matches!(lower, "back" | "up" | "down" | "off" | "out" | "away");
            if adverbial || !noun_follows { Tag::Particle } else { Tag::Preposition }
        }
        "more" | "less" | "most" | "least" | "few" | "fewer" | "several" | "many" | "some" | "any" | "all" | "both"
        | "each" | "every" | "another" => Tag::Determiner,
        "one" => Tag::Determiner,
        "because" | "although" | "while" | "whilst" | "if" | "unless" | "until" | "whereas" | "since" | "and"
        | "or" | "but" | "so" | "than" => Tag::Conjunction,
        "as" | "like" | "after" | "before" | "for" => Tag::Preposition,
        "there" => Tag::Pronoun,
        _ if token.has(Flags::DETERMINER) => Tag::Determiner,
        _ if token.has(Flags::WH) => Tag::Question,
        _ if token.has(Flags::PRONOUN) && !token.capital | context.starts_sentence | (lower == "i") => Tag::Pronoun,
        _ if token.has(Flags::PREPOSITION) && !token.has(Flags::NOUN | Flags::VERB) => Tag::Preposition,
        _ if token.has(Flags::CONJUNCTION) => Tag::Conjunction,
        _ => return None,
    })
}

fn is_determiner(token: &Token) -> bool {
    matches!(token.tag, Tag::Determiner | Tag::Possessive) || token.has(Flags::DETERMINER) && token.tag != Tag::Pronoun
}

fn open_class(token: &Token, context: &Context<'_>) -> Tag {
    let noun = token.has(Flags::NOUN);
    let verb = token.has(Flags::VERB);
    let adjective = token.has(ADJECTIVE);
    let adverb = token.has(Flags::ADV);
    if !noun && !verb && !adjective && !adverb {
        return unknown(token);
    }
    // A capital in the middle of a sentence names something ("Azure", "Binder"), unless the sentence is a title.
    if token.capital && !context.starts_clause && !token.has(Flags::PLAIN) {
        return Tag::Name;
    }
    if verb && !noun && !adjective {
        return verb_tag(token, context);
    }
    if verb && (noun || adjective) {
        return ambiguous(token, context, noun, adjective);
    }
    if adjective && noun {
        // "Upstream rejects the call": a verb with its object follows.
        let noun_follows = context.after.is_some_and(nominal_start) && !context.verb_follows();
        return if noun_follows
            || context.governor().is_some_and(|word| word.is(&BE)) && !context.before.is_some_and(is_determiner)
        {
            Tag::Adjective
        } else {
            noun_tag(token)
        };
    }
    if noun {
        return noun_tag(token);
    }
    if adjective { Tag::Adjective } else { Tag::Adverb }
}

fn unknown(token: &Token) -> Tag {
    let lower = token.lower.as_str();
    if token.capital {
        Tag::Name
    } else if lower.ends_with("ly") {
        Tag::Adverb
    } else if lower.len() > 4 && lower.ends_with('s') && !lower.ends_with("ss") && !lower.ends_with("us") {
        Tag::PluralNoun
    } else {
        Tag::Name
    }
}

fn noun_tag(token: &Token) -> Tag {
    let plural = token.has(Flags::NOUN_PLURAL) && !token.has(Flags::NOUN_SINGULAR);
    if plural { Tag::PluralNoun } else { Tag::Noun }
}

/// Whether the token can begin or be a noun after an adjective.
fn nominal_start(token: &Token) -> bool {
    token.kind == TokenKind::Word
        && !token.has(
            Flags::PREPOSITION
                | Flags::CONJUNCTION
                | Flags::DETERMINER
                | Flags::PRONOUN
                | Flags::AUXILIARY
                | Flags::MODAL,
        )
        && (token.has(Flags::NOUN) || !token.has(ANY))
}

fn ambiguous(token: &Token, context: &Context<'_>, noun: bool, adjective: bool) -> Tag {
    if noun && as_noun(token, context) {
        return noun_tag(token);
    }
    if as_verb(token, context) {
        return verb_tag(token, context);
    }
    let participle = token.has(Flags::VERB_PAST | Flags::VERB_PAST_PARTICIPLE | Flags::VERB_ING);
    if adjective && !noun {
        let noun_follows = context.after.is_some_and(nominal_start);
        let described = context.governor().is_some_and(|word| word.is(&BE) || word.tag == Tag::Determiner);
        return if (noun_follows && context.before.is_some_and(is_determiner)) || (described && !participle) {
            Tag::Adjective
        } else if participle {
            verb_tag(token, context)
        } else {
            Tag::Adjective
        };
    }
    if participle && !token.has(Flags::NOUN_SINGULAR | Flags::NOUN_PLURAL) {
        return verb_tag(token, context);
    }
    if noun && !token.has(Flags::VERB_FIRST) { noun_tag(token) } else { verb_tag(token, context) }
}

/// Verbs that say all there is to say of their subject, and so end a sentence.
const CLOSING_VERBS: [&str; 13] = [
    "works", "runs", "stops", "starts", "crashes", "hangs", "helps", "breaks", "waits", "leaks", "boots", "restarts",
    "drops",
];

/// Signs that a noun-or-verb word is a noun here.
fn as_noun(token: &Token, context: &Context<'_>) -> bool {
    if context.starts_clause {
        // "Deploy failed at noon", "Restarts fixed it", "Release 1.2 is out": a verb follows, so this is its subject.
        // "Log detailed errors" has an adjective there.
        let subject = context.behind_facts().is_some_and(|next| finite_verb(next) && !is_determiner(next))
            && !context.is_described();
        let described = context.after_is(&["of", "on", "at", "in", "for", "from"])
            && token.has(Flags::NOUN_SINGULAR)
            && context.rest.iter().take(LONGEST_CLAUSE).any(finite_verb);
        // "Deploy keys were rotated".
        let compound = token.has(Flags::NOUN_SINGULAR)
            && context.after.is_some_and(nominal_start)
            && !is_determined_object(context)
            && context.verb_behind();
        if subject || described || compound {
            return true;
        }
    }
    let Some(before) = context.before else { return false };
    // "Fix build", "it triggers restarts": the object of the verb in front.
    if let Tag::Verb(form) = before.tag
        && !before.is(&LEADING_VERBS)
        && !token.joined
        && !(token.has(Flags::VERB_3SG) && next_is_determined(context))
        && form != VerbForm::PastParticiple
        && !token.has(Flags::VERB_ING)
        && (form == VerbForm::Base || !token.has(Flags::VERB_PAST | Flags::VERB_PAST_PARTICIPLE))
    {
        return true;
    }
    // "Local breaks the build": a noun that is an adjective as well, with its verb.
    if before.tag == Tag::Adjective
        && before.has(Flags::NOUN)
        && token.has(Flags::VERB_3SG)
        && next_is_determined(context)
    {
        return false;
    }
    if is_determiner(before) || matches!(before.tag, Tag::Adjective) {
        return true;
    }
    if before.tag == Tag::Preposition && !before.is(&["to"]) {
        // "after deploying" is a verb, "after deploy" a noun.
        return !token.has(Flags::VERB_ING) || !next_is_object(context);
    }
    if before.is(&["to"]) && before.tag == Tag::Preposition {
        return true;
    }
    if before.tag == Tag::Fact {
        // "14:05 deploy", "3 restarts"; but "v2.3.1 fixes it".
        return !next_is_object(context);
    }
    if before.tag.is_nominal() {
        let verb_later = context.rest.iter().take(4).any(finite_verb)
            && context
                .after
                .is_some_and(|next| finite_verb(next) || next.tag == Tag::Modal || next.is(&BE) || next.is(&HAVE));
        if verb_later {
            return true;
        }
        // "We store the YAML manifests in one place": the clause has its verb already.
        if context.clause_has_verb() && !token.has(Flags::VERB_PAST | Flags::VERB_ING) {
            return true;
        }
        let singular_subject = before.tag != Tag::PluralNoun;
        let agrees = token.has(Flags::VERB_3SG) && singular_subject
            || token.has(Flags::VERB_BASE) && !singular_subject
            || token.has(Flags::VERB_PAST);
        // A stacked noun ("error rate", "cache hit"), unless it can be the verb of this subject.
        // "The form works." has its verb at the end, where most others would be one more noun ("the build fixes").
        let closes = context.after.is_none_or(|next| next.tag == Tag::Punctuation) && !token.is(&CLOSING_VERBS);
        return !agrees || closes && !token.has(Flags::VERB_PAST);
    }
    false
}

fn as_verb(token: &Token, context: &Context<'_>) -> bool {
    if context.starts_clause {
        if token.has(Flags::VERB_ING) {
            return !context.after.is_some_and(finite_verb);
        }
        if token.has(Flags::VERB_PAST | Flags::VERB_PAST_PARTICIPLE) {
            return true;
        }
        return token.has(Flags::VERB_BASE)
            && (is_determined_object(context)
                || !context.verb_behind() && (next_is_object(context) || is_order(token, context)));
    }
    let Some(governor) = context.governor() else { return false };
    matches!(governor.tag, Tag::Modal | Tag::To)
        || governor.is(&DO_LIKE)
        || governor.is(&SUBJECT_PRONOUNS)
        || governor.tag == Tag::Pronoun && !governor.is(&["them", "us", "me", "him", "her"])
        || governor.tag == Tag::Auxiliary && token.has(Flags::VERB_PAST_PARTICIPLE | Flags::VERB_ING)
        || governor.is(&["us", "me", "them", "him", "her", "it"])
            && context
                .before_that
                .is_some_and(|word| word.is(&["let", "lets", "make", "makes", "made", "help", "helps"]))
            && token.has(Flags::VERB_BASE)
        || governor.tag == Tag::Question
        || governor.tag.is_nominal() && token.has(Flags::VERB_PAST | Flags::VERB_3SG | Flags::VERB_ING)
        || governor.tag == Tag::PluralNoun && token.has(Flags::VERB_BASE)
        || governor.tag == Tag::Fact && token.has(Flags::VERB_PAST | Flags::VERB_3SG)
        || governor.tag == Tag::Particle && token.has(Flags::VERB_ING)
        || context.before_is(&["and", "or"]) && next_is_object(context)
}

/// "Fix build", "Log detailed errors", "Cache redirects_v2": the first word of a title without a finite verb, with something
/// behind it that no noun has in front ("Cache hits", "Build queue").
fn is_order(token: &Token, context: &Context<'_>) -> bool {
    let Some(next) = context.after.filter(|next| next.kind == TokenKind::Word) else { return false };
    if context.before_is(&["and", "or", "but", "so", "("]) {
        return false;
    }
    let thing = nominal_start(next) || next.has(ADJECTIVE);
    let order =
        token.is(&ORDERS) || token.has(Flags::VERB_FIRST) && !token.is(&["build", "deploy", "export", "import"]);
    // "Log when a key is used".
    let clause = next.is(&["when", "if", "whether", "that", "how", "why"]);
    clause || context.is_described() || next.is_unlisted() && !next.glued || thing && order
}

/// A determiner or pronoun follows.
fn next_is_determined(context: &Context<'_>) -> bool {
    context.after.is_some_and(|next| is_determiner(next) || next.has(Flags::PRONOUN))
}

/// Whether what follows looks like an object: a determiner, pronoun, name or fact, or a plural that is no verb.
fn next_is_object(context: &Context<'_>) -> bool {
    is_determined_object(context)
        || context.after.is_some_and(|next| next.has(Flags::NOUN_PLURAL | Flags::ADJ) && !next.has(Flags::VERB))
}

/// Whether a determiner, pronoun, name or fact follows.
fn is_determined_object(context: &Context<'_>) -> bool {
    context.after.is_some_and(|next| {
        is_determiner(next)
            || matches!(next.kind, TokenKind::Fact(_))
            || next.has(Flags::PRONOUN)
            || next.capital
            || next.is(&["it", "them", "that", "this"])
            || next.is(&["up", "down", "back", "off", "out", "over"])
                && context.after_that.is_some_and(|that| {
                    is_determiner(that) || that.has(Flags::NOUN) || matches!(that.kind, TokenKind::Fact(_))
                })
    }) || context.after_is(&["back", "up", "down"])
}

/// Whether the token can only be read as a finite verb.
fn finite_verb(token: &Token) -> bool {
    token.is(&BE)
        || token.is(&HAVE)
        || token.has(Flags::MODAL | Flags::AUXILIARY)
        || token.has(Flags::VERB_PAST | Flags::VERB_3SG) && !token.has(Flags::NOUN)
}

fn verb_tag(token: &Token, context: &Context<'_>) -> Tag {
    let governor = context.governor();
    let after_auxiliary = governor.is_some_and(|word| word.tag == Tag::Auxiliary && !word.is(&["do", "does", "did"]));
    let base_wanted = governor.is_some_and(|word| matches!(word.tag, Tag::Modal | Tag::To) || word.is(&DO_LIKE));
    let form = if token.has(Flags::VERB_ING) {
        VerbForm::Ing
    } else if base_wanted && token.has(Flags::VERB_BASE) {
        VerbForm::Base
    } else if token.has(Flags::VERB_BASE) && context.starts_sentence && !after_auxiliary {
        // "Run the program": an order, though "run" is a participle as well.
        VerbForm::Base
    } else if token.has(Flags::VERB_PAST_PARTICIPLE) && (after_auxiliary || !token.has(Flags::VERB_PAST)) {
        VerbForm::PastParticiple
    } else if token.has(Flags::VERB_PAST) {
        // "the change caused by it", "the service hosted in Azure is": a participle after its noun.
        let reduced = context
            .before
            .is_some_and(|word| word.tag.is_nominal() || matches!(word.tag, Tag::Fact | Tag::Punctuation))
            && context.after_is(&["in", "on", "at", "with", "for", "from", "using"])
            && token.has(Flags::VERB_PAST_PARTICIPLE)
            && !context.starts_sentence
            && context.rest.iter().any(finite_verb);
        if reduced || context.after_is(&["by"]) { VerbForm::PastParticiple } else { past_or_base(token, context) }
    } else if token.has(Flags::VERB_3SG) {
        VerbForm::ThirdSingular
    } else {
        VerbForm::Base
    };
    Tag::Verb(form)
}

/// "cut", "set", "hit" are past and base alike: an own subject in the present or an imperative makes it base.
fn past_or_base(token: &Token, context: &Context<'_>) -> VerbForm {
    if token.has(Flags::VERB_BASE) && context.starts_sentence { VerbForm::Base } else { VerbForm::Past }
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;

    /// `word/N` or `word/V` in the text is the expectation for that word.
    fn check(marked: &str) {
        let plain = marked.replace("/N", "").replace("/V", "").replace("/A", "");
        let document = Document::parse(&plain);
        let mut at = 0;
        for word in marked.split_whitespace() {
            let Some((word, rest)) = word.split_once('/') else { continue };
            if !rest.starts_with(['N', 'V', 'A']) {
                continue;
            }
            let (index, token) = document
                .tokens
                .iter()
                .enumerate()
                .skip(at)
                .find(|(index, _)| document.token_text(*index) == word)
                .unwrap_or_else(|| panic!("{word} is in {plain}"));
            at = index + 1;
            let right = match rest.as_bytes()[0] {
                b'N' => token.tag.is_nominal(),
                b'V' => token.tag.is_verb(),
                _ => token.tag == Tag::Adjective,
            };
            assert!(right, "{word} in {plain:?} became {:?}", token.tag);
        }
    }

    #[test]
    fn nouns_and_verbs_are_told_apart() {
        check("We deployed/V the fix/N and the deploy/N failed/V at noon");
        check("Rolling/V back the deploy/N of checkout");
        check("Please restart/V the service/N");
        check("The restart/N took long");
        check("We will deploy/V it tomorrow");
        check("CI builds/N are failing/V");
        check("Deploy/N failed/V because the migration/N timed/V out");
        check("Deploy/V the fix/N to production/N");
        check("error rates/N are back to normal");
        check("we need to fix/V the build/N");
        check("The updates/N broke/V the build/N");
        check("It updates/V the index/N nightly");
        check("They build/V the images/N in CI");
        check("a merge/N conflict/N blocked/V us");
        check("a phishing attempt/N that exploits/V the trust");
        check("We can't merge/V until the review/N is done");
        check("The form/N works/V.");
        check("We counted the database restarts/N.");
    }
}
