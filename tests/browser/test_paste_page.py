"""Paste and read, in a browser."""


def test_the_start_page_opens(tab, server, violations):
    tab.goto(server.url)
    assert tab.get_by_role("heading", level=1).inner_text()
