"""`python -m qa_assess` is `qa-assess`."""

from qa_assess.cli import main

main()
