"""Counts in groups as people read them: tables that fit 80 columns, and say more where there is room."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from qa_assess.aggregates import LEAST, LEAST_CODED, Aggregates, GroupRates, Rate
from qa_assess.codebook import GRADES, GRADES_SHOWN, NO_GRADES, Grade
from qa_assess.terminal import GRADE_STYLES, plain

# With this much room each reason for having no grade has a column of its own, and each share its count.
_WIDE = 130


def tables(found: Aggregates, width: int) -> Iterator[Table]:
    """The table of groups, and where a coded sample was given that of the corrected shares."""
    wide = width >= _WIDE
    yield _table(
        found, f"{found.total.records:,} records, {found.policy} policy", _columns(found, wide=wide), wide=wide
    )
    if found.coded:
        columns = [
            ("Coded", lambda rates: f"{rates.coded:,}"),
            *((grade.label, _corrected(grade)) for grade in GRADES_SHOWN),
        ]
        yield _table(found, "Corrected for the grader's errors", columns, wide=wide)


Cell = Callable[[GroupRates], str]


def _table(found: Aggregates, title: str, columns: Sequence[tuple[str, Cell]], *, wide: bool) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    styles = {grade.label: GRADE_STYLES[grade] for grade in GRADES}
    # In a narrow terminal the names of a group share a column, for lines would break within words.
    parts = found.by if wide else [", ".join(found.by)]
    for name in parts or [""]:
        table.add_column(plain(name).capitalize(), overflow="fold")
    for name, _ in columns:
        table.add_column(name, justify="right", no_wrap=True, header_style=styles.get(name, "bold"))
    for rates in found.groups:
        values = rates.group if wide else [", ".join(rates.group)]
        table.add_row(*(Text(plain(value)) for value in values), *(cell(rates) for _, cell in columns))
    if found.groups:
        table.add_section()
    names = ["All records", *[""] * (len(parts) - 1)]
    table.add_row(*names, *(cell(found.total) for _, cell in columns), style="bold")
    return table


def _columns(found: Aggregates, *, wide: bool) -> list[tuple[str, Cell]]:
    """The heads of the columns and what stands in them, without the groups' names."""
    graded = [("Graded", lambda rates: f"{rates.graded:,}"), *((g.label, _share(g, wide=wide)) for g in GRADES_SHOWN)]
    if not wide:
        return [*graded, ("Beside", lambda rates: f"{rates.records - rates.graded:,}")]
    beside = [
        *((grade.label, _count(grade)) for grade in NO_GRADES),
        ("Failed", lambda rates: f"{rates.failed:,}"),
        ("Duplicates", lambda rates: f"{rates.duplicates:,}"),
    ]
    present = [(name, cell) for name, cell in beside if cell(found.total) != "0"]
    return [*graded, ("Unsure", lambda rates: f"{rates.low_confidence:,}"), *present]


def _count(grade: Grade) -> Cell:
    return lambda rates: f"{rates.counts[grade]:,}"


def _share(grade: Grade, *, wide: bool) -> Cell:
    def cell(rates: GroupRates) -> str:
        count = f"{rates.counts[grade]:,}"
        if not rates.rates:
            return f"{count} of {rates.graded:,}" if rates.graded else "-"
        share = _rate(rates.rates[grade])
        return f"{count}: {share}" if wide else share

    return cell


def _corrected(grade: Grade) -> Cell:
    return lambda rates: _rate(rates.corrected[grade]) if rates.corrected else "-"


def _rate(rate: Rate) -> str:
    """Share and interval in whole per cents: 35% (30-41)."""
    return f"{rate.share:.0%} ({100 * rate.low:.0f}-{100 * rate.high:.0f})"


def notes(found: Aggregates) -> Iterator[Text]:
    """What the tables mean, in sentences."""
    total = found.total
    yield Text(f"Graded by {plain(', '.join(found.models))}." if found.models else "The grader is not named.")
    beside = _named({grade.label: total.counts[grade] for grade in NO_GRADES} | _more(total))
    unsure = f"{total.low_confidence:,} of the {total.graded:,} graded are low-confidence."
    yield Text(f"Counted beside the shares: {beside}. {unsure}" if beside else f"All records are graded. {unsure}")
    few = any(not rates.rates for rates in (*found.groups, total))
    yield Text(
        f"In brackets: {100 * found.confidence:.4g}% intervals (Wilson); they leave the grader's own errors out."
        + (f" Below {LEAST} graded records only counts are given." if few else "")
    )
    if found.several:
        yield Text("A record counts once in each of its groups, and once among all records.")
    if found.coded:
        yield _sample(found)


def _more(rates: GroupRates) -> dict[str, int]:
    return {"Failed": rates.failed, "duplicates of an earlier record": rates.duplicates}


def _named(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def _sample(found: Aggregates) -> Text:
    """The loud line: what a coded sample has to be."""
    coded, among = found.coded or (0, 0)
    text = Text("The coded records have to be a RANDOM SAMPLE of the graded ones", style="bold yellow")
    text.append(
        ": records that were picked because their grade looked wrong make the corrected shares worse than the plain "
        f"ones. {among:,} of the {coded:,} coded records are among the graded.",
        style="not bold default",
    )
    missing = [rates for rates in found.groups if not rates.corrected]
    if missing:
        text.append(
            f" Groups with fewer than {LEAST_CODED} coded records are not corrected: {len(missing):,} of "
            f"{len(found.groups):,}.",
            style="not bold default",
        )
    return text
