"""How a job stands, in words that the page and the JSON endpoint share; numbers, times and sizes in words too."""

from datetime import datetime

from qa_assess.web.job import Job, JobState
from qa_assess.web.row_store import Progress


def telling(job: Job, progress: Progress, ahead: int = 0) -> str:
    """How a job stands.

    >>> running = Job("1", (), "", "", state=JobState.RUNNING)
    >>> telling(running, Progress(total=1200, done=300, rate=30.0))
    '300 of 1,200 records are graded, 30 a second; about 30 seconds are left.'
    """
    done = f"{progress.done:,} of {progress.total:,}" if progress.total is not None else f"{progress.done:,}"
    match job.state:
        case JobState.WAITING:
            return f"Waiting: {many(ahead, 'upload')} before this one." if ahead else "Waiting to begin."
        case JobState.RUNNING:
            return _under_way(progress, done)
        case JobState.DONE:
            return f"{many(progress.done, 'record')}, all done."
        case JobState.STOPPED:
            return f"Stopped. {done} records are graded, and kept."
        case _:
            kept = f" {done} records are graded, and kept." if progress.done else ""
            return f"It could not be finished.{kept}"


def _under_way(progress: Progress, done: str) -> str:
    if progress.total is None:
        return "Reading the files."
    if not progress.rate:
        return f"{done} records are graded. Loading the models."
    rest = "" if progress.seconds_left is None else f"; about {duration(progress.seconds_left)} left"
    return f"{done} records are graded, {progress.rate:,.0f} a second{rest}."


def thousands(count: int) -> str:
    """A number with commas.

    >>> thousands(12345)
    '12,345'
    """
    return f"{count:,}"


def many(count: int, noun: str) -> str:
    """A number of things.

    >>> many(1, "record"), many(1200, "record")
    ('1 record', '1,200 records')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """A time to wait, no more exact than a guess can be, with its verb.

    >>> duration(4), duration(70), duration(400), duration(9000)
    ('5 seconds are', '1 minute is', '7 minutes are', '2 and a half hours are')
    """
    if seconds < 55:
        return f"{max(5, round(seconds / 5) * 5)} seconds are"
    if (minutes := round(seconds / 60)) < 90:
        return "1 minute is" if minutes == 1 else f"{minutes} minutes are"
    halves = round(seconds / 1800)
    return f"{halves // 2}{' and a half' if halves % 2 else ''} hours are"


def sentence(text: str) -> str:
    """A message of an error as a sentence.

    >>> sentence("there is no file x.csv"), sentence("x.csv is empty")
    ('There is no file x.csv.', 'x.csv is empty.')
    """
    text = text.strip()
    if not text:
        return ""
    # A name stays as it is.
    begun = text[:1].upper() + text[1:] if text.split()[0].isalpha() else text
    return begun if begun.endswith((".", "?", "!")) else f"{begun}."


def moment(iso: str) -> str:
    """A time as the clock of this machine has it; nothing where there is none.

    >>> moment("")
    ''
    """
    return f"{datetime.fromisoformat(iso).astimezone():%d %B %Y, %H:%M}".lstrip("0") if iso else ""


def moment_or_text(text: str) -> str:
    """A time that somebody may have written by hand: as it stands where it is none.

    >>> moment_or_text("last May")
    'last May'
    """
    try:
        return moment(text)
    except (ValueError, OverflowError):
        return text


def size(count: int) -> str:
    """A number of bytes.

    >>> size(90), size(20_000), size(1_234_567), size(4_000_000), size(500_000_000)
    ('90 bytes', '20 kB', '1.2 MB', '4 MB', '500 MB')
    """
    if count < 1000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{count / 1000:,.0f} kB"
    return f"{count / 1_000_000:,.{1 if count < 10_000_000 and count % 1_000_000 else 0}f} MB"
