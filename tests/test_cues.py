"""Cue patterns as data: each has its reason, fires where it should, stays still where it should, and is never slow."""

import re
import tomllib
from importlib.resources import files
from itertools import pairwise
from time import perf_counter

import pytest

from qa_assess import ask_filter, candidates, evidence, pairs
from qa_assess.codebook import Grade
from qa_assess.cues import patterns, word_list
from qa_assess.exchange import Exchange
from qa_assess.readings import CUES, cue_counts
from qa_assess.replies import no_grade

TABLES = {
    name: tomllib.loads((files("qa_assess.cues") / f"{name}.toml").read_text(encoding="utf-8"))
    for name in ("answer", "asks", "replies", "words")
}
# Group, a text in which it fires, and one that looks alike in which it does not
CASES = (
    ("yes", "Absolutely, and gladly.", "We may, yes."),
    ("yes", "I do, as it happens.", "I do not."),
    ("no", "Not yet, I fear.", "No doubt he will."),
    ("yes_anywhere", "I thank him; yes.", "Yesterday I did."),
    ("no_anywhere", "I was asked twice. No, I did not.", "There is no plan for it."),
    ("agrees", "I very much agree with that.", "He agrees with me."),
    ("agrees_in_part", "I do understand his worry.", "It is understood by all."),
    ("disagrees", "I do not accept that.", "I accept that."),
    ("is_right", "She is quite right.", "Her rights were kept."),
    ("confirms", "I can confirm that it is so.", "He asks for confirmation of it."),
    ("assures", "I give that guarantee.", "I give that reason."),
    ("commissive", "The Government intend to act.", "The Government acted."),
    ("i_will", "We shall do it.", "We will not do it."),
    ("will_not", "It cannot be done.", "It can be done."),
    ("no_plans", "We have no current plans for it.", "We have two plans for it."),
    ("willing", "I am happy to do so.", "I am happy that it is done."),
    ("meets", "I met them in Aldham.", "It is the metal that rusts."),
    ("writes", "I will gladly write again.", "She wrote a poem."),
    ("publishes", "A copy is in the Library.", "It is public knowledge."),
    ("reports_later", "I shall update the House.", "I shall build a house."),
    ("considers", "We are looking into it.", "We are looking for it."),
    ("reviews", "A working group was set up.", "A working pump was set up."),
    ("kept_under_review", "It is kept under constant review.", "It was in the Annual Review."),
    ("in_due_course", "It will come as soon as it can.", "It came on Monday."),
    ("open_period", "We expect it later this year.", "We got it earlier this year."),
    ("close_period", "It opens within six weeks.", "It opens within six years."),
    ("month_or_day", "It opened on 4 May.", "It may open."),
    ("year", "It was so in 1997.", "It cost 1,997 pounds."),
    ("not_held", "The information is not centrally held.", "The meeting was held centrally."),
    ("costs_too_much", "The cost would be disproportionate.", "It came at a proportionate cost."),
    ("no_comment", "I cannot possibly comment.", "I read his comment."),
    ("for_others", "It is a matter for the council.", "It matters."),
    ("earlier_words", "I refer him to my words of last week.", "I prefer his words."),
    ("procedure", "He could apply for an Adjournment debate.", "He could apply for a grant."),
    ("praises", "I pay warm tribute to them.", "They paid the attribution fee."),
    ("joins_in", "I join him in that.", "The roads join at Aldham."),
    ("matters_to_us", "It is a priority.", "It came prior to that."),
    ("attacks", "We inherited this.", "We built this."),
    ("past_acts", "We have already acted on it.", "They act on it."),
    ("present_acts", "Officials are drafting it.", "Officials drafted it."),
    ("money", "It cost £40.", "It cost 40 hours."),
    ("money", "It cost 3.5 million.", "It took 3.5 minutes."),
    ("percentage", "It rose by 4 per cent.", "It rose by 4 metres."),
    ("number", "There are seven of them.", "There are several of them."),
    ("table", "The figures are as follows.", "The figures are low."),
    ("table", "Lamps mended:\n  12", "Lamps mended: 12"),
    ("nothing", "There have been no cuts.", "There have been two cuts."),
    ("because", "It closed because of rain.", "It is a cause of rain."),
    ("discussed", "I spoke to her.", "The spokes broke."),
    ("no_assessment", "No formal assessment has been made.", "An assessment was made."),
    ("assesses", "We estimate that it fell.", "We know that it fell."),
    ("hedges", "It could happen.", "It happens."),
    ("but", "It is so, but not for long.", "The butter is gone."),
    ("negates", "It isn’t so.", "It is so."),
    ("asks_back", "What would he do?", "What he would do is plain."),
    ("hopes", "I do hope for that.", "His hopes are high."),
    ("thinks", "I am confident of that.", "He is confident of that."),
    ("advises_asker", "The hon. Lady should read it.", "The hon. Lady read it."),
    ("passes_on", "I shall pass that on.", "The bypass is open."),
    ("rules_out", "I rule it out.", "The rule stands."),
    ("already", "That is already so.", "We are ready."),
    ("do_all", "We make every effort.", "It took an effort."),
    ("depends_on_funds", "That is for the spending review.", "That is for the autumn."),
    ("correct_answer", "The chief reason is rain.", "Rain is the chief reason."),
    ("rests_with_law", "It is statutory.", "It is a statue."),
    ("welcomes_report", "See the framework.", "See the frames."),
    ("now_reviewing", "We are always reviewing the rota.", "The rota was reviewed in May."),
    ("now_considering", "Tolls are being considered.", "She considered the tolls in May."),
    ("now_considering", "We are in talks with the board.", "The board gives talks."),
    ("settled_no", "I cannot promise a debate.", "I promise a debate."),
    ("settled_yes", "I shall certainly convey that.", "I conveyed that."),
    ("party_named", "The party is over.", "The partying is over."),
)
N = 10_000


@pytest.mark.parametrize("name", TABLES)
def test_each_group_says_why_it_is_there(name):
    assert all(len(entry["why"]) > 4 for entry in TABLES[name].values())


def test_each_group_of_answers_has_a_case():
    assert {group for group, *_ in CASES} == set(TABLES["answer"])


@pytest.mark.parametrize(("group", "fires", "still"), CASES)
def test_each_pattern_fires_where_it_should_and_only_there(group, fires, still):
    pattern = patterns("answer")[group]
    assert pattern.search(fires.lower())
    assert not pattern.search(still.lower())


def test_case_is_ignored():
    in_due_course = CUES.index("in_due_course")
    assert cue_counts("IN DUE COURSE")[in_due_course] == cue_counts("in due course")[in_due_course] == 1
    capitals = Exchange("1", "Will he act?", "AN ANSWER IS BEING PREPARED AND WILL BE GIVEN SHORTLY.")
    assert no_grade(capitals)[0] is Grade.PENDING


@pytest.mark.parametrize("name", ["answer", "asks", "replies"])
def test_no_pattern_wants_a_capital(name):
    escapes = re.compile(r"\\[A-Z]")
    assert not [group for group, p in patterns(name).items() if re.search("[A-Z]", escapes.sub("", p.pattern))]


@pytest.mark.parametrize("name", TABLES["words"])
def test_word_lists_hold_each_word_once(name):
    found = word_list(name)
    assert len(set(found)) == len(found) > 0


def test_a_list_that_is_not_there():
    with pytest.raises(KeyError):
        word_list("no such list")


def all_patterns():
    yield from ((f"answer {group}", p, p.finditer) for group, p in patterns("answer").items())
    yield from ((f"asks {group}", p, p.finditer) for group, p in patterns("asks").items())
    yield from ((f"replies {group}", p, p.match) for group, p in patterns("replies").items())
    rooms = {
        "candidates": ("_IF_SO", "_TAIL", "_PART", "_OPENER", "_LETTER"),
        "evidence": ("_CUTS",),
        "pairs": ("_YEAR", "_NUMBER"),
    }
    for module in (candidates, evidence, pairs):
        short = module.__name__.rpartition(".")[2]
        yield from ((f"{short} {name}", p, p.finditer) for name in rooms[short] if (p := getattr(module, name)))
    # These two are only ever tried at the start, on a text cut short or with a bound of their own.
    yield "candidates _TABLED", candidates._TABLED, lambda text: candidates._TABLED.match(text[:160])
    yield "ask_filter _AWARE", ask_filter._AWARE, ask_filter._AWARE.match


PATTERNS = tuple(all_patterns())


def hostile_texts(pattern):
    """Long texts of what the pattern is made of, over and over, and of what it may swallow."""
    made_of = sorted(set(re.findall(r"[a-z]{2,}", pattern.pattern)))
    units = [
        " ",
        "\n",
        "\n ",
        "\t \n",
        ". ",
        ", ",
        "1.",
        "1",
        ",,",
        "?",
        "— ",
        "'’",
        "a ",
        "a",
        "not ",
        "we have a ",
        "to ask ",
    ]
    units += ["; and ", "(a) ", "a, what ", "to ask the minister ", *(f"{word} " for word in made_of[:12])]
    units += [f"{one} {two} " for one, two in pairwise(made_of[:9])]
    for unit in units:
        body = (unit * (N // len(unit) + 1))[:N]
        yield body
        yield f"to ask the minister{body}x"


def seconds(search, text):
    start = perf_counter()
    found = search(text)
    if hasattr(found, "__next__"):
        for _ in found:
            pass
    return perf_counter() - start


@pytest.mark.parametrize(("name", "pattern", "search"), PATTERNS, ids=[name for name, *_ in PATTERNS])
def test_no_pattern_is_slow_on_a_text_made_to_slow_it(name, pattern, search):
    # A plain alternation takes 5 to 20 ms for 10,000 characters; one that backtracks takes half a second to hours.
    slowest = max(hostile_texts(pattern), key=lambda text: seconds(search, text))
    assert min(seconds(search, slowest) for _ in range(3)) < 0.15, repr(slowest[:40])
