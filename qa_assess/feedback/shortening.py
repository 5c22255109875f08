"""Words of an ask that are too many for a sentence, cut where a clause ends."""

from qa_assess.feedback.clauses import Words, root_of
from qa_assess.feedback.tables import words as listed

# Words of a phrase; a longer one is cut.
LONGEST = 40


def shortened(words: Words) -> Words | None:
    """The words up to a clause's end, where they are too many; None where no clause ends early enough."""
    longest = LONGEST + sum(word.is_punct or (word.nbor(-1).text == "(" if word.i else False) for word in words)
    if len(words) <= longest:
        return words
    # "In the following circumstances" wants all of them.
    if any(word.lower_ == "following" for word in words):
        return words if len(words) <= longest + 10 else None
    for to_end in (True, False):
        places = range(5, longest)
        cuts = [at for at in places if _clause_starts(words, at, to_end=to_end) and _complete(words, at)]
        if cuts:
            return words[: cuts[-1]]
    return words if len(words) <= longest + 10 else None


def _complete(words: Words, at: int) -> bool:
    """True where the words before `at` hold what all the words hang on, and nothing in them waits for the rest."""
    kept = words[:at]
    # ", whereas…" is no clause without the main one.
    first, root = kept[1] if kept[0].is_punct else kept[0], root_of(words)
    opening = first.lower_ in listed("opening") and first.head.i != root.i
    if (opening and "," not in [word.text for word in kept[1:-1]]) or _waits(words, at):
        return False
    # A subject whose verb is cut says nothing.
    if any(word.dep_.startswith("nsubj") and word.head.i >= words[at].i for word in kept):
        return False
    return any(word.i == root.i for word in kept)


def _waits(words: Words, at: int) -> bool:
    """True where the words before `at` want what follows: "likely | to…", "in cases | where…", "say | that…"."""
    before, after = words[at - 1], words[at].lower_
    if before.lower_ in listed("told-of") or (after == "to" and before.pos_ == "ADJ"):
        return True
    # Where "that" is a conjunction a verb may wait for it past its object: "advising applicants that…".
    near = words[at - 3 : at] if after == "that" and words[at].tag_ == "IN" else [before]
    return after in ("that", "whether", "if") and any(word.pos_ in ("VERB", "AUX") for word in near)


def _clause_starts(words: Words, at: int, *, to_end: bool) -> bool:
    """True where a clause begins at `at` that hangs on the words before it: it can go.

    `to_end` asks that it run to the last word, so that nothing else goes with it.
    """
    if not to_end and words[at].lower_ in listed("adding") and words[at - 1].text == ",":
        return True
    kept, last = {word.i for word in words[:at]}, words[-1].i
    for head in words[at:]:
        loose = head.dep_ in ("advcl", "acl:relcl", "parataxis") or (
            head.dep_ == "conj" and head.pos_ in ("VERB", "AUX")
        )
        opens = loose and head.left_edge.i == words[at].i and (head.right_edge.i >= last - 1 or not to_end)
        if opens and all(above.i in kept for above in head.ancestors if words[0].i <= above.i <= last):
            return True
    return False
