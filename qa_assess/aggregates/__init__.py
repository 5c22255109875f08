"""Graded records counted in groups: shares with their intervals, and shares corrected by a coded sample.

`aggregate` reads a stream of results once and keeps counts alone, so memory grows with the groups and not with the
records. The shares are of the graded records: No ask, Pending, Ungraded, Failed and duplicates are counted beside.
"""

from qa_assess.aggregates.coded import LEAST_CODED, CodedSample
from qa_assess.aggregates.counting import LEAST, Aggregates, Counting, GroupRates, aggregate, rates_of
from qa_assess.aggregates.export import csv_rows, to_json
from qa_assess.aggregates.groups import ALL, NAMES, NO_DATE, NONE, columns_needed
from qa_assess.aggregates.intervals import Rate, wilson

__all__ = [
    "ALL",
    "LEAST",
    "LEAST_CODED",
    "NAMES",
    "NONE",
    "NO_DATE",
    "Aggregates",
    "CodedSample",
    "Counting",
    "GroupRates",
    "Rate",
    "aggregate",
    "columns_needed",
    "csv_rows",
    "rates_of",
    "to_json",
    "wilson",
]
