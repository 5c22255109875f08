"""Where the packaged files are looked for, and what is said when they are not there."""

import pytest

from qa_assess import resources
from qa_assess.errors import ModelError


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package folder with nothing beside it."""
    package = tmp_path / "site" / "qa_assess"
    package.mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", package)
    return package


def test_the_parser_that_ships_is_found():
    assert (resources.parser_path() / "config.cfg").is_file()


def test_a_given_folder_goes_before_the_one_that_ships(tmp_path):
    assert resources.parser_path(tmp_path) == tmp_path
    assert resources.grader_path(tmp_path) == tmp_path


def test_the_packaged_copy_goes_before_the_checkout(installed):
    packaged, checkout = installed / "models" / "grader", installed.parent / "models" / "grader"
    checkout.mkdir(parents=True)
    assert resources.grader_path() == checkout
    packaged.mkdir(parents=True)
    assert resources.grader_path() == packaged


@pytest.mark.parametrize("find", [resources.parser_path, resources.grader_path])
def test_what_is_not_installed_is_named_with_a_way_out(installed, find):
    with pytest.raises(ModelError, match="is not in this installation") as caught:
        find()
    assert "install it again" in caught.value.hint


def test_a_given_folder_that_is_not_there(tmp_path):
    with pytest.raises(ModelError, match=r"no grader at .*nowhere: no such folder"):
        resources.grader_path(tmp_path / "nowhere")


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "parser").write_text("x")
    with pytest.raises(ModelError, match="no parser at"):
        resources.parser_path(tmp_path / "parser")
