"""What can stop a run, each with what happened, where, and what to do about it.

The library raises these and never prints or exits; the command line catches them in one place (exit code 2)::

    QaAssessError
    ├── InputError          the input cannot be read at all
    │   ├── FormatError     its format is unknown, or not the one that was named
    │   └── ColumnError     it is a table without a question or an answer column
    ├── OutputError         the output cannot be written
    ├── EngineError         processes or a cluster that assess cannot go on
    ├── JournalError        an unfinished run cannot be gone on with
    ├── FetchError          what was to be fetched did not come
    ├── ServeError          the local page cannot be served
    ├── ModelError          a model folder is missing, broken or of another version
    └── LabelError          training or evaluation data do not follow the codebook
        └── CorrectionError a correction that cannot be kept as it stands

A bad *record* is none of these: it becomes a `Failure` row and the rest go on.
"""

# What to do where Parquet is to be read or written and its library is absent.
INSTALL_PARQUET = 'install it with: python -m pip install "pyarrow>=17" (the extra "parquet" of qa-assess)'
# What to do where a page or report is to be made and the extra's libraries are absent.
INSTALL_REPORT = 'install them with: python -m pip install "qa-assess[report]"'
# What to do where the libraries of the local page are absent.
INSTALL_WEB = 'install them with: python -m pip install "qa-assess[web]"'


class QaAssessError(Exception):
    """Base of all errors of this package.

    >>> print(InputError("no such file: x.csv", hint="check the path"))
    no such file: x.csv
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(QaAssessError):
    """The input cannot be read at all."""


class FormatError(InputError):
    """The input's format is unknown, or not the one that was named."""


class ColumnError(InputError):
    """A table without a question or an answer column."""


class OutputError(QaAssessError):
    """The output cannot be written."""


class EngineError(QaAssessError):
    """The processes or the cluster that assess records cannot go on."""


class JournalError(QaAssessError):
    """An unfinished run cannot be gone on with."""


class FetchError(QaAssessError):
    """What was to be fetched did not come."""


class ServeError(QaAssessError):
    """The local page cannot be served."""


class ModelError(QaAssessError):
    """A model folder is missing, broken or of another version."""


class LabelError(QaAssessError):
    """Training or evaluation data do not follow the codebook."""


class CorrectionError(LabelError):
    """A correction that cannot be kept as it stands."""
