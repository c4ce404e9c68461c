//! Forms as tables: verbs, plurals, articles.

use super::inflect::{VerbForm, indefinite_article, is_mass, plural, singular, verb_form};
use super::{Flags, Lexicon};

/// base, third person, past, past participle, -ing
const VERBS: &str = "
be is was been being|have has had had having|do does did done doing|go goes went gone going
deploy deploys deployed deployed deploying|merge merges merged merged merging|roll rolls rolled rolled rolling
build builds built built building|rebuild rebuilds rebuilt rebuilt rebuilding|run runs ran run running
rerun reruns reran rerun rerunning|write writes wrote written writing|rewrite rewrites rewrote rewritten rewriting
overwrite overwrites overwrote overwritten overwriting|override overrides overrode overridden overriding
ship ships shipped shipped shipping|drop drops dropped dropped dropping|commit commits committed committed committing
debug debugs debugged debugged debugging|log logs logged logged logging|tag tags tagged tagged tagging
cut cuts cut cut cutting|set sets set set setting|reset resets reset reset resetting|put puts put put putting
hit hits hit hit hitting|split splits split split splitting|shut shuts shut shut shutting|let lets let let letting
find finds found found finding|leave leaves left left leaving|lose loses lost lost losing|break breaks broke broken breaking
fix fixes fixed fixed fixing|push pushes pushed pushed pushing|patch patches patched patched patching
cache caches cached cached caching|index indexes indexed indexed indexing|query queries queried queried querying
retry retries retried retried retrying|verify verifies verified verified verifying|copy copies copied copied copying
delay delays delayed delayed delaying|destroy destroys destroyed destroyed destroying|pay pays paid paid paying
sync syncs synced synced syncing|resync resyncs resynced resynced resyncing|panic panics panicked panicked panicking
mimic mimics mimicked mimicked mimicking|format formats formatted formatted formatting|plan plans planned planned planning
scan scans scanned scanned scanning|map maps mapped mapped mapping|stop stops stopped stopped stopping
occur occurs occurred occurred occurring|refer refers referred referred referring|prefer prefers preferred preferred preferring
transfer transfers transferred transferred transferring|defer defers deferred deferred deferring|begin begins began begun beginning
trigger triggers triggered triggered triggering|monitor monitors monitored monitored monitoring|offer offers offered offered offering
refactor refactors refactored refactored refactoring|buffer buffers buffered buffered buffering|filter filters filtered filtered filtering
throttle throttles throttled throttled throttling|scale scales scaled scaled scaling|autoscale autoscales autoscaled autoscaled autoscaling
upgrade upgrades upgraded upgraded upgrading|migrate migrates migrated migrated migrating|provision provisions provisioned provisioned provisioning
queue queues queued queued queuing|free frees freed freed freeing|see sees saw seen seeing|agree agrees agreed agreed agreeing
die dies died died dying|lie lies lay lain lying|tie ties tied tied tying|untie unties untied untied untying
send sends sent sent sending|resend resends resent resent resending|spend spends spent spent spending|lend lends lent lent lending
take takes took taken taking|make makes made made making|give gives gave given giving|get gets got got getting
show shows showed shown showing|know knows knew known knowing|grow grows grew grown growing|throw throws threw thrown throwing
read reads read read reading|lead leads led led leading|keep keeps kept kept keeping|mean means meant meant meaning
freeze freezes froze frozen freezing|spin spins spun spun spinning|stick sticks stuck stuck sticking|sunset sunsets sunset sunset sunsetting
undo undoes undid undone undoing|redo redoes redid redone redoing|veto vetoes vetoed vetoed vetoing|echo echoes echoed echoed echoing
relay relays relayed relayed relaying|quit quits quit quit quitting|equip equips equipped equipped equipping|fail fails failed failed failing
upsert upserts upserted upserted upserting|dedupe dedupes deduped deduped deduping|onboard onboards onboarded onboarded onboarding
travel travels traveled traveled traveling|cancel cancels canceled canceled canceling|optimise optimises optimised optimised optimising
focus focuses focused focused focusing|bias biases biased biased biasing|process processes processed processed processing
unplug unplugs unplugged unplugged unplugging|hotswap hotswaps hotswapped hotswapped hotswapping|nerf nerfs nerfed nerfed nerfing
input inputs input input inputting|broadcast broadcasts broadcast broadcast broadcasting|quiz quizzes quizzed quizzed quizzing
Deploy Deploys Deployed Deployed Deploying|cherry-pick cherry-picks cherry-picked cherry-picked cherry-picking|visit visits visited visited visiting
limit limits limited limited limiting|develop develops developed developed developing|permit permits permitted permitted permitting
benefit benefits benefited benefited benefiting|target targets targeted targeted targeting|demo demos demoed demoed demoing
slow slows slowed slowed slowing|typeset typesets typeset typeset typesetting|speed speeds sped sped speeding|box boxes boxed boxed boxing|use uses used used using|enqueue enqueues enqueued enqueued enqueuing
";

const MULTI_WORD_VERBS: &[(&str, VerbForm, &str)] = &[
    ("roll back", VerbForm::Past, "rolled back"),
    ("time out", VerbForm::ThirdSingular, "times out"),
    ("shut down", VerbForm::Ing, "shutting down"),
    ("run out of memory", VerbForm::Past, "ran out of memory"),
    ("be slow", VerbForm::ThirdSingular, "is slow"),
    ("opt-in", VerbForm::Past, "opted-in"),
    ("set up", VerbForm::Base, "set up"),
];

const PLURALS: &str = "
node nodes|pod pods|deploy deploys|deployment deployments|latency latencies|query queries|key keys|gateway gateways
cache caches|patch patches|batch batches|branch branches|hash hashes|crash crashes|bus buses|process processes|access access
index indexes|matrix matrices|vertex vertices|appendix appendices|analysis analyses|basis bases|crisis crises|axis axes
datum data|data data|medium media|criterion criteria|phenomenon phenomena|schema schemas|alias aliases|status statuses|virus viruses
person people|child children|man men|woman women|spokesman spokesmen|human humans|foot feet|mouse mice|tooth teeth
leaf leaves|half halves|shelf shelves|life lives|knife knives|proof proofs|roof roofs|handoff handoffs|trade-off trade-offs
photo photos|repo repos|video videos|hero heroes|potato potatoes|echo echoes|veto vetoes|memo memos|demo demos|zero zeros
API APIs|SLA SLAs|OS OSes|VM VMs|CPU CPUs|S3 S3s|URL URLs|PR PRs|API APIs|VPCs VPCs
traffic traffic|downtime downtime|software software|infrastructure infrastructure|information information|feedback feedback|staff staff
series series|species species|aircraft aircraft|headquarters headquarters|developers developers|people people|bandwidth bandwidth
regex regexes|mutex mutexes|proxy proxies|registry registries|directory directories|policy policies|outage outages|rollback rollbacks
box boxes|tax taxes|quiz quizzes|class classes|release releases|database databases|response responses|house houses
Customer Customers|Latency Latencies|day days|error rate error rates|way of working ways of working|point in time points in time
single point of failure single points of failure|service-level agreement service-level agreements|stand-up stand-ups|runner-up runners-up
load balancer load balancers|child process child processes|piece of software pieces of software|chief executive chief executives
webhook webhooks|kubelet kubelets|quorum quorums|focus focuses|plus pluses|gas gases|lens lenses|stimulus stimuli|standby standbys
";

/// Pairs are separated by the middle of the words: the singular has as many words as the plural.
fn pairs(table: &str) -> Vec<(String, String)> {
    let cells = table.split(['|', '\n']).filter(|cell| !cell.is_empty());
    cells
        .map(|cell| {
            let words: Vec<&str> = cell.split(' ').collect();
            let (one, many) = words.split_at(words.len() / 2);
            (one.join(" "), many.join(" "))
        })
        .collect()
}

fn report(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn verbs_have_all_their_forms() {
    use VerbForm::{Ing, Past, PastParticiple, ThirdSingular};
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in VERBS.split(['|', '\n']).filter(|row| !row.is_empty()) {
        let forms: Vec<&str> = row.split(' ').collect();
        count += 1;
        for (form, expected) in [ThirdSingular, Past, PastParticiple, Ing].into_iter().zip(&forms[1..]) {
            let made = verb_form(forms[0], form);
            if made != *expected {
                wrong.push(format!("{} {form:?}: expected {expected}, made {made}", forms[0]));
            }
        }
    }
    assert!(count >= 100, "{count} verbs");
    report(wrong);
}

#[test]
fn multi_word_verbs_inflect_their_first_word() {
    for (lemma, form, expected) in MULTI_WORD_VERBS {
        assert_eq!(verb_form(lemma, *form), *expected);
    }
}

#[test]
fn nouns_have_plurals_and_plurals_have_singulars() {
    let pairs = pairs(PLURALS);
    assert!(pairs.len() >= 100, "{} nouns", pairs.len());
    let mut wrong = Vec::new();
    for (one, many) in &pairs {
        if plural(one) != *many {
            wrong.push(format!("{one}: expected {many}, made {}", plural(one)));
        }
        let is_plural_already = one == many && one.ends_with('s') || one == "people" || one == "medium";
        if !is_plural_already && !["datum", "data", "axis", "basis"].contains(&one.as_str()) && singular(many) != *one {
            wrong.push(format!("{many}: expected {one}, made {}", singular(many)));
        }
    }
    report(wrong);
}

#[test]
fn mass_nouns_are_known_by_their_head() {
    for noun in [
        "traffic",
        "downtime",
        "Software",
        "network traffic",
        "access",
        "staff",
        "data",
        "loss of data",
        "load-balancing",
    ] {
        assert_eq!(is_mass(noun), noun != "loss of data", "{noun}");
    }
    for noun in ["server", "latency", "outage", "traffic light", "data store", "unheard-of"] {
        assert!(!is_mass(noun), "{noun}");
    }
}

#[test]
fn articles_follow_the_sound() {
    const AN: &str = "update|API|hour|honest answer|8%|80%|11-minute outage|18 GB|11|8 TB|$8m|$11.5m|$800|SQL query|S3 bucket|FAQ|\
        SLA|SSD|MFA prompt|HTTP error|XML file|RFC|NDA|LDAP group|x86 server|e-mail|F5|eBPF probe|mTLS certificate|npm package|\
        ssh key|sla|unidentified user|unimportant change|uninstall|umbrella|heir|IP address|SRE|M5 node|\"API\" key|`index`|*urgent* fix|\
        18th|8,000|11,000|1800s-style|outage|engineer|incident|OS|EU-wide rule|i18n file|LED|HR request|ETA|APIs list|SLAs table|80-second wait|ERROR";
    const A: &str = "user|UTC time|European customer|one-off|one|once-weekly job|unit|unique key|uniform|usage limit|utility|URL|UI|UX review|\
        UUID|university|SAML login|RAM upgrade|LAN|REST call|NASA|10%|100|1,100|110|180 ms|$12k|$1.8m|7|PR|VM|CPU|k8s node|p99|v2.3.1|\
        deploy|hotfix|house|unanimous vote|unified view|union|PostgreSQL table|gRPC call|FIFO queue|SOC|YAML file|JSON file|DNS change|\
        GUI|USB stick|ubiquitous tool|euro|UAT run|NAT gateway|uptime-free|DB|180|1,800|";
    let mut wrong = Vec::new();
    let mut count = 0;
    for (article, list) in [("an", AN), ("a", A)] {
        for text in list.split('|').filter(|text| *text != "uptime-free") {
            count += 1;
            if indefinite_article(text) != article {
                wrong.push(format!("{article} {text}"));
            }
        }
    }
    assert!(count >= 60, "{count} cases");
    report(wrong);
    assert_eq!(indefinite_article("uptime target"), "an");
}

/// Every form of every everyday verb: what is made must be a form that the table lists for this verb.
#[test]
fn made_forms_agree_with_the_table() {
    use VerbForm::{Ing, Past, PastParticiple, ThirdSingular};
    let lexicon = Lexicon::embedded();
    let source = include_str!("data/lexicon.tsv");
    let (mut total, mut wrong) = (0_u32, Vec::new());
    for line in source.lines() {
        let word = line.split('\t').next().unwrap();
        let entry = lexicon.lookup(word).unwrap();
        if !entry.is(Flags::VERB_BASE | Flags::PLAIN) || entry.verb_lemma(word) != word {
            continue;
        }
        for (form, flag) in [
            (ThirdSingular, Flags::VERB_3SG),
            (Past, Flags::VERB_PAST),
            (PastParticiple, Flags::VERB_PAST_PARTICIPLE),
            (Ing, Flags::VERB_ING),
        ] {
            total += 1;
            let made = verb_form(word, form);
            let agrees = lexicon
                .lookup(&made)
                .is_some_and(|made_entry| made_entry.is(flag) && made_entry.verb_lemma(&made) == word);
            if !agrees {
                wrong.push(format!("{word} {form:?} {made}"));
            }
        }
    }
    assert!(total > 10_000, "{total}");
    let share = 100.0 - 100.0 * f64::from(u32::try_from(wrong.len()).unwrap()) / f64::from(total);
    assert!(share >= 98.0, "{share:.2}% of {total}: {}", wrong.join(", "));
}
