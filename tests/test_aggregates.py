"""Groups, their shares and intervals, and shares corrected by a coded sample."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from conftest import make_ask, make_exchange, make_outcome
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from qa_assess.aggregates import (
    LEAST,
    LEAST_CODED,
    NO_DATE,
    NONE,
    Aggregates,
    CodedSample,
    Counting,
    aggregate,
    csv_rows,
    to_json,
    wilson,
)
from qa_assess.aggregates.coded import corrected
from qa_assess.codebook import GRADES, Grade, Kind, Tag
from qa_assess.errors import ColumnError, LabelError
from qa_assess.exchange import LOW_CONFIDENCE, Assessment, Failure, ResponseTag
from qa_assess.labels import Labels


def graded(grade: Grade | str = Grade.FULL, *, strict: Grade | None = None, **fields: object) -> Assessment:
    own = {name: fields.pop(name) for name in ("outcomes", "tags", "flags", "duplicate_of", "model") if name in fields}
    return Assessment(make_exchange(**fields), grade=Grade(grade), grade_strict=strict or Grade(grade), **own)


def groups(found: Aggregates) -> dict[tuple[str, ...], int]:
    return {rates.group: rates.graded for rates in found.groups}


# Intervals


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.999))
def test_the_interval_is_that_of_scipy(counts: tuple[int, int], confidence: float) -> None:
    hits, records = counts
    ours = wilson(hits / records, records, confidence)
    theirs = binomtest(hits, records).proportion_ci(confidence, method="wilson")
    assert math.isclose(ours.low, theirs.low, abs_tol=1e-9) and math.isclose(ours.high, theirs.high, abs_tol=1e-9)
    assert 0 <= ours.low <= ours.share <= ours.high <= 1


# Groups


def test_all_that_has_no_grade_proper_is_counted_beside() -> None:
    records = [graded(grade) for grade in ("full", "full", "partial", "non-answer", "no-ask", "pending", "ungraded")]
    again = graded("full", duplicate_of="r1", flags=("duplicate", LOW_CONFIDENCE))
    unsure = graded("partial", flags=(LOW_CONFIDENCE,))
    total = aggregate([*records, again, unsure, Failure("9", "read", "no answer")]).total
    assert (total.records, total.graded, total.low_confidence) == (10, 5, 1)
    assert {grade.value: count for grade, count in total.counts.items()} == {
        "full": 2,
        "partial": 2,
        "non-answer": 1,
        "no-ask": 1,
        "pending": 1,
        "ungraded": 1,
    }
    assert (total.failed, total.duplicates) == (1, 1)


def test_a_duplicate_is_known_by_its_flag_too() -> None:
    assert aggregate([graded(flags=("duplicate",))]).total.duplicates == 1


@given(st.lists(st.tuples(st.sampled_from(Grade), st.booleans(), st.sampled_from("abc")), max_size=60))
def test_every_record_is_counted_once(rows: Sequence[tuple[Grade, bool, str]]) -> None:
    records = [graded(grade, duplicate_of="r0" if again else "", department=name) for grade, again, name in rows]
    found = aggregate(records, ["department"])
    assert sum(rates.records for rates in found.groups) == found.total.records == len(rows)
    for rates in (*found.groups, found.total):
        assert bool(rates.rates) == (rates.graded >= LEAST)
        if rates.rates:
            assert math.isclose(sum(rate.share for rate in rates.rates.values()), 1)
    counted = Counter(name for grade, again, name in rows if grade.graded and not again)
    assert {name: count for (name,), count in groups(found).items() if count} == counted


def test_the_policy_says_whose_grade_counts() -> None:
    records = [graded("partial", strict=Grade.NON_ANSWER)]
    assert aggregate(records).total.counts[Grade.PARTIAL] == 1
    assert aggregate(records, policy="strict").total.counts[Grade.NON_ANSWER] == 1


def test_groups_of_few_records_have_no_shares() -> None:
    found = aggregate([graded(department="A")] * LEAST + [graded(department="B")] * (LEAST - 1), ["department"])
    assert [bool(rates.rates) for rates in found.groups] == [True, False]


def test_several_names_make_groups_together_sorted() -> None:
    rows = [("b", "2031-05-02"), ("a", "2032-01-01"), ("A ", "12 June 2030"), ("", "05/07/2022"), ("a", "2030-02-31")]
    found = aggregate([graded(department=name, date=date) for name, date in rows], ["department", "year"])
    assert list(groups(found)) == [("A", "2030"), ("a", "2032"), ("a", NO_DATE), ("b", "2031"), (NONE, NO_DATE)]


@pytest.mark.parametrize(
    ("name", "fields", "group"),
    [
        ("month", {"date": "2031-05-02T10:00:00"}, "2031-05"),
        ("source", {"source": "book.xlsx:Sheet1:12"}, "book.xlsx:Sheet1"),
        ("source", {"source": "debate.csv:7"}, "debate.csv"),
        ("model", {"model": "grader 0.3.0"}, "grader 0.3.0"),
        ("asker", {"asker": "Zoë\n Ó  Ruairc"}, "Zoë Ó Ruairc"),
        ("mode", {"extra": {"section": "Oral"}}, "oral"),
        ("mode", {"extra": {"kind": "written"}}, "written"),
        ("mode", {"extra": {"section": "statement"}}, NONE),
        ("party", {"extra": {"party": "Ind"}}, "Ind"),
        ("house", {}, NONE),
    ],
)
def test_a_record_is_in_the_group_of_its_value(name: str, fields: dict[str, object], group: str) -> None:
    assert list(groups(aggregate([graded(**fields)], [name]))) == [(group,)]


def test_a_record_counts_once_for_each_kind_and_tag() -> None:
    question = "When will it open, when will it close, and will she go?"
    asks = [("When will it open", "timeline"), ("when will it close", "timeline"), ("will she go", "commitment")]
    outcomes = tuple(make_outcome(make_ask(question, text, Kind(kind)), "full") for text, kind in asks)
    tags = (ResponseTag(Tag.PRAISE, 0, 1), ResponseTag(Tag.PRAISE, 2, 3))
    record = graded(question=question, outcomes=outcomes, tags=tags)
    found = aggregate([record, graded()], ["kind", "tag"])
    assert groups(found) == {("commitment", "Praise"): 1, ("timeline", "Praise"): 1, (NONE, NONE): 1}
    assert (found.total.graded, found.several) == (2, True)


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    records = [graded(extra={"party": "Ind"})]
    with pytest.raises(ColumnError, match='"departmnt" to group by; the nearest is "department"'):
        aggregate(records, ["departmnt"])
    with pytest.raises(ColumnError, match='the nearest is "party"'):
        aggregate(records, ["Party"])
    with pytest.raises(ColumnError, match="named twice"):
        aggregate(records, ["year", "year"])


def test_a_column_may_be_named_like_one_of_ours_but_for_its_capitals() -> None:
    result = Assessment(make_exchange(date="2031-05-02", extra={"Year": "seventh"}), grade=Grade.FULL)
    assert aggregate([result], ["year", "Year"]).groups[0].group == ("2031", "seventh")


def test_records_are_asked_for_one_at_a_time() -> None:
    counting = Counting(["department"])
    for number in range(20_000):
        counting.add(graded(department="A", id=str(number)))
    assert counting.aggregates().total.graded == 20_000


# Corrected shares: of a grader that gives Partial for a third of the Non-answers, and Full for a third of the Partial

TRUTH = np.array([0.3, 0.4, 0.3])
ERRORS = np.array([[0.6, 0.35, 0.05], [0.05, 0.65, 0.3], [0.0, 0.1, 0.9]])


def drawn(rng: np.random.Generator, records: int, errors: np.ndarray = ERRORS) -> tuple[np.ndarray, np.ndarray]:
    """True and given grades of records, as places in GRADES."""
    truth = rng.choice(3, records, p=TRUTH)
    given_grades = (rng.random(records)[:, None] > errors[truth].cumsum(1)).sum(1).clip(0, 2)
    return truth, given_grades


def counted(truth: np.ndarray, given_grades: np.ndarray, coded: slice) -> tuple[Mapping, Mapping]:
    pairs = Counter((GRADES[a], GRADES[b]) for a, b in zip(given_grades[coded], truth[coded], strict=True))
    return Counter(GRADES[place] for place in given_grades), pairs


@pytest.mark.parametrize(("records", "coded"), [(400, 30), (2_000, 60), (5_000, 300)])
def test_corrected_intervals_hold_the_truth_where_plain_ones_do_not(records: int, coded: int) -> None:
    rng, draws = np.random.default_rng(7), 300
    held, plain, shares = Counter(), Counter(), Counter()
    for _ in range(draws):
        grades, pairs = counted(*drawn(rng, records), slice(coded))
        for grade, rate in corrected(grades, pairs).items():
            true = TRUTH[GRADES.index(grade)]
            held[grade] += rate.low <= true <= rate.high
            shares[grade] += rate.share
            naive = wilson(grades[grade] / records, records)
            plain[grade] += naive.low <= true <= naive.high
    for grade, true in zip(GRADES, TRUTH, strict=True):
        assert held[grade] / draws >= 0.91
        assert shares[grade] / draws == pytest.approx(true, abs=0.015)
    assert plain[Grade.NON_ANSWER] / draws < 0.2 and plain[Grade.FULL] / draws < 0.2


def test_more_coded_records_make_narrower_intervals() -> None:
    truth, given_grades = drawn(np.random.default_rng(1), 4_000)
    widths = []
    for coded in (40, 400, 4_000):
        rate = corrected(*counted(truth, given_grades, slice(coded)))[Grade.FULL]
        widths.append(rate.high - rate.low)
    assert widths == sorted(widths, reverse=True)


def test_where_all_are_coded_the_shares_are_the_coded_ones() -> None:
    truth, given_grades = drawn(np.random.default_rng(2), 500)
    rates = corrected(*counted(truth, given_grades, slice(500)))
    for place, grade in enumerate(GRADES):
        assert rates[grade].share == pytest.approx((truth == place).mean())


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(Grade)), min_size=LEAST_CODED, max_size=90))
def test_corrected_shares_are_shares(coded: list[tuple[int, Grade]]) -> None:
    pairs = Counter((GRADES[place], truth) for place, truth in coded)
    grades = Counter(GRADES[place] for place, _ in coded) + Counter({Grade.FULL: 25})
    rates = corrected(grades, pairs)
    assert bool(rates) == any(truth.graded for _, truth in coded)
    if rates:
        assert math.isclose(sum(rate.share for rate in rates.values()), 1)
        assert all(0 <= rate.low <= rate.share + 1e-12 <= rate.high + 1e-9 <= 1 + 1e-9 for rate in rates.values())


def test_a_few_coded_records_that_agree_leave_a_wide_interval() -> None:
    """Thirty without an error do not prove that there are none among a hundred thousand."""
    coded = {(grade, grade): 10 for grade in GRADES}
    rate = corrected(dict.fromkeys(GRADES, 100_000), coded)[Grade.FULL]
    assert rate.high - rate.low > 0.1


def test_records_that_a_person_gives_no_grade_are_no_part_of_the_shares() -> None:
    coded = {(Grade.FULL, Grade.FULL): 30, (Grade.FULL, Grade.NO_ASK): 30, (Grade.NON_ANSWER, Grade.NON_ANSWER): 30}
    rates = corrected({Grade.FULL: 600, Grade.NON_ANSWER: 300}, coded)
    assert rates[Grade.FULL].share == pytest.approx(0.5)


def labels(number: int, grade: Grade, **fields: object) -> Labels:
    exchange = make_exchange(**({"question": f"Will he mend {number}?", "id": str(number)} | fields))
    return Labels(exchange.id, exchange, (), None, (), grade, grade)


def record(number: int, grade: Grade | str = Grade.FULL, **fields: object) -> Assessment:
    return graded(grade, **({"question": f"Will he mend {number}?", "id": str(number)} | fields))


def test_coded_records_are_found_by_their_texts() -> None:
    sample = CodedSample([labels(n, Grade.PARTIAL) for n in range(40)])
    others = [record(n, question="Another", answer=str(n)) for n in range(5)]
    spaced = [record(n, question=f"Will he  mend\r\n{n}?", id=f"x{n}") for n in range(40)]
    found = aggregate([*others, *spaced, *spaced], coded=sample)
    assert found.coded == (40, 40)
    assert found.total.corrected[Grade.PARTIAL].share == pytest.approx(1)


def test_coded_records_are_found_by_their_ids_where_there_are_no_texts() -> None:
    sample = CodedSample([labels(n, Grade.PARTIAL) for n in range(40)])
    assert aggregate([record(n, question="", answer="") for n in range(35)], coded=sample).coded == (40, 35)


def test_coded_records_beside_the_graded_ones_do_not_count() -> None:
    sample = CodedSample([labels(n, Grade.FULL) for n in range(60)])
    records = [record(n) for n in range(40)] + [record(n, "no-ask") for n in range(40, 50)]
    again = [record(n, duplicate_of="0") for n in range(50, 60)]
    assert aggregate([*records, *again], coded=sample).coded == (60, 40)


def test_the_policy_says_which_of_the_coded_grades_counts() -> None:
    strict = [Labels(str(n), record(n).exchange, (), None, (), Grade.PARTIAL, Grade.NON_ANSWER) for n in range(40)]
    found = aggregate([record(n) for n in range(40)], policy="strict", coded=CodedSample(strict))
    assert found.total.corrected[Grade.NON_ANSWER].share == pytest.approx(1)


def test_groups_with_too_few_coded_records_are_not_corrected() -> None:
    sample = CodedSample([labels(n, Grade.FULL) for n in range(50)])
    records = [record(n, department="A" if n < 40 else "B") for n in range(100)]
    found = aggregate(records, ["department"], coded=sample)
    assert [(rates.coded, bool(rates.corrected)) for rates in found.groups] == [(40, True), (10, False)]
    assert found.total.corrected


def test_too_few_coded_records_are_refused() -> None:
    sample = CodedSample([labels(n, Grade.FULL) for n in range(50)])
    with pytest.raises(LabelError, match="of 50 coded records, 29 are among the graded ones"):
        aggregate([record(n) for n in range(29)], coded=sample)


# What is written


def test_json_and_csv_say_the_same() -> None:
    records = [record(n, ("full", "partial")[n % 2], department="=A", date="2031-05-02") for n in range(40)]
    found = aggregate(
        [*records, graded(department="B")],
        ["department", "year"],
        coded=CodedSample([labels(n, Grade.FULL) for n in range(40)]),
    )
    one, other = to_json(found)["groups"]
    header, first, second, total = csv_rows(found)
    row = dict(zip(header, first, strict=True))
    assert (row["department"], row["year"], row["full"], row["coded"]) == ("=A", "2031", "20", "40")
    assert float(row["full_low"]) == one["full"]["low"] < one["full"]["share"] == 0.5
    assert float(row["corrected_full_share"]) == one["corrected"]["full"]["share"] == 1
    assert (other["full"]["count"], other["full"]["share"], other["corrected"]) == (1, None, None)
    assert dict(zip(header, second, strict=True))["full_share"] == ""
    assert total[:4] == ["(all)", "(all)", "41", "41"]
