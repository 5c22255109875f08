"""Jobs: uploaded files are graded in a process of their own, one after the other, and nothing is lost by a stop."""

import io
import json
import os
import sqlite3
import time
from pathlib import Path

import job_engines
import pytest
from fake_assessor import lines
from job_engines import SMALL

from qa_assess.errors import OutputError
from qa_assess.exchange import Failure, Result
from qa_assess.web import jobs as jobs_module
from qa_assess.web.job import Job, JobState
from qa_assess.web.jobs import Jobs
from qa_assess.web.rows import Rows
from qa_assess.web.rows_query import RowsQuery
from qa_assess.web.work import work


def begun(folder: Path, engine=job_engines.quick) -> Jobs:
    jobs = Jobs(folder, SMALL, engine)
    jobs.start()
    return jobs


def added(jobs: Jobs, *files: bytes, name: str = "debate.jsonl") -> Job:
    return jobs.add([(name, io.BytesIO(data)) for data in files])


def until(jobs: Jobs, job: Job, *states: JobState, records: int = 0) -> Job:
    """The job when it has come to one of the states, with so many records done."""
    for _ in range(1500):
        now = jobs.get(job.id)
        if now.state in states and jobs.progress(now).done >= records:
            return now
        time.sleep(0.02)
    raise AssertionError(f"{now} did not come to {states}: {jobs.progress(now)}")


def results(jobs: Jobs, job: Job) -> list[Result]:
    return list(Rows(jobs.home(job).rows).results(RowsQuery()))


def ids(jobs: Jobs, job: Job) -> list[str]:
    return [one.id if isinstance(one, Failure) else one.exchange.id for one in results(jobs, job)]


@pytest.fixture
def jobs(tmp_path):
    opened: list[Jobs] = []

    def begin(engine=job_engines.quick) -> Jobs:
        opened.append(begun(tmp_path / "jobs", engine))
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


def test_every_record_has_its_row_and_the_journal_is_gone(jobs):
    held = jobs()
    job = until(held, added(held, lines(23)), JobState.DONE)
    assert ids(held, job) == [f"q{n}" for n in range(23)]
    progress = held.progress(job)
    assert (progress.total, progress.done, progress.finished) == (23, 23, True)
    assert {path.name for path in held.home(job).path.iterdir()} >= {"job.json", "rows.sqlite", "upload-0001.jsonl"}
    assert not list(held.home(job).path.glob("*.journal"))


def test_several_files_are_one_job_under_their_own_names(jobs):
    held = jobs()
    files = [("mine.jsonl", io.BytesIO(lines(2))), ("yours.exe", io.BytesIO(b"\x7fELF\x02\x01\x01" + bytes(90)))]
    job = until(held, held.add(files), JobState.DONE)
    first, _, last = results(held, job)
    assert first.exchange.source == "mine.jsonl:1"
    assert isinstance(last, Failure)
    assert (last.id, last.source) == ("yours.exe", "yours.exe")
    assert "yours.exe" in last.message
    assert "upload-" not in f"{first}{last}"


def test_a_file_that_cannot_be_read_says_what_and_what_to_do(jobs):
    held = jobs()
    job = until(held, added(held, b"name,age\nBo,9\n", name="people.csv"), JobState.FAILED)
    assert "people.csv" in job.message
    assert "upload-" not in job.message + job.hint
    assert str(held.folder) not in job.message + job.hint
    assert job.hint
    empty = until(held, added(held, b"", name="no.csv"), JobState.FAILED)
    assert empty.message == "no.csv is empty"


def test_a_server_that_is_gone_in_the_middle_loses_and_doubles_no_record(jobs):
    first = jobs(job_engines.slow)
    job = until(first, added(first, lines(200)), JobState.RUNNING, records=20)
    worker = first._worker[1]
    worker.kill()
    first.close()
    done = first.progress(job).done
    assert 20 <= done < 200
    second = jobs(job_engines.slow)
    job = until(second, job, JobState.DONE)
    assert ids(second, job) == [f"q{n}" for n in range(200)]


def test_what_the_journal_has_is_not_graded_again(jobs):
    first = jobs(job_engines.stuck)
    job = until(first, added(first, lines(12)), JobState.RUNNING, records=5)
    first.close()
    second = jobs(job_engines.stuck)
    assert until(second, job, JobState.RUNNING, records=10)


def test_a_process_that_dies_is_started_again(jobs, tmp_path, monkeypatch):
    monkeypatch.setenv("KILLED_ONCE", str(tmp_path / "here"))
    held = jobs(job_engines.killed_once)
    job = until(held, added(held, lines(12)), JobState.DONE)
    assert (tmp_path / "here").exists()
    assert len(ids(held, job)) == 12


def test_a_process_that_dies_again_and_again_is_given_up(jobs):
    held = jobs(job_engines.killed)
    job = until(held, added(held, lines(90)), JobState.FAILED)
    assert "without a word" in job.message
    # Each got one window further.
    assert held.progress(job).done == 15
    assert ids(held, job) == [f"q{n}" for n in range(15)]


def test_what_goes_wrong_in_the_worker_is_told(jobs):
    held = jobs(job_engines.broken)
    job = until(held, added(held, lines(3)), JobState.FAILED)
    assert "ValueError: no such luck" in job.message


def test_a_job_is_stopped_and_goes_on(jobs):
    held = jobs(job_engines.slow)
    job = until(held, added(held, lines(100)), JobState.RUNNING, records=5)
    worker = held._worker[1]
    held.stop(job)
    held.stop(job)
    worker.join()
    done = held.progress(job).done
    assert held.get(job.id).state is JobState.STOPPED
    time.sleep(0.3)
    assert held.progress(job).done == done < 100
    held.go_on(job)
    job = until(held, job, JobState.DONE)
    assert ids(held, job) == [f"q{n}" for n in range(100)]


def test_a_stopped_job_stays_stopped_after_a_start(jobs):
    first = jobs(job_engines.stuck)
    job = until(first, added(first, lines(9)), JobState.RUNNING, records=5)
    first.stop(job)
    first.close()
    second = jobs()
    time.sleep(0.3)
    assert second.get(job.id).state is JobState.STOPPED


def test_one_is_graded_at_a_time_and_the_others_wait_in_their_order(jobs):
    held = jobs(job_engines.stuck)
    one, two, three = (added(held, lines(9)) for _ in range(3))
    until(held, one, JobState.RUNNING)
    assert [held.ahead(job) for job in (one, two, three)] == [0, 1, 2]
    assert [held.get(job.id).state for job in (two, three)] == [JobState.WAITING] * 2
    held.stop(one)
    until(held, two, JobState.RUNNING)
    assert held.ahead(three) == 1
    assert [job.id for job in held.all()] == [three.id, two.id, one.id]


def test_a_deleted_job_leaves_nothing(jobs):
    held = jobs(job_engines.stuck)
    running, waiting = added(held, lines(9)), added(held, lines(9))
    until(held, running, JobState.RUNNING, records=5)
    for job in (waiting, running):
        held.delete(job)
    assert held.all() == []
    assert [path.name for path in held.folder.iterdir()] == ["lock"]
    held.delete(running)  # again, from another tab


def test_what_was_half_uploaded_or_half_deleted_is_swept_up(jobs, tmp_path):
    for name in (".new-0123456789ab", ".deleted-0123456789ab"):
        (tmp_path / "jobs" / name).mkdir(parents=True)
        (tmp_path / "jobs" / name / "upload-0001").touch()
    held = jobs()
    assert held.all() == []
    assert [path.name for path in held.folder.iterdir()] == ["lock"]


def test_a_job_that_cannot_be_read_says_so_and_stops_no_other(jobs, tmp_path):
    home = tmp_path / "jobs" / "0123456789ab"
    home.mkdir(parents=True)
    (home / "job.json").write_text("{", encoding="utf-8")
    held = jobs()
    (job,) = held.all()
    assert job.state is JobState.FAILED
    assert "cannot be read" in job.message
    held.go_on(job)
    assert held.get(job.id).state is JobState.FAILED
    until(held, added(held, lines(3)), JobState.DONE)


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.WAITING, JobState.DONE])
@pytest.mark.parametrize("broken", [b"not a database" * 300, b""])
def test_a_job_whose_rows_cannot_be_read_has_failed_and_stops_no_other(jobs, state, broken):
    first = jobs(job_engines.stuck)
    until(first, added(first, lines(9)), JobState.RUNNING)
    job = added(first, lines(3))
    first.stop(job)
    first._change(job.id, state)
    first.close()
    for path in first.home(job).path.glob("rows.sqlite*"):
        path.unlink()
    first.home(job).rows.write_bytes(broken)
    held = jobs()
    shown, progress = held.standing(held.get(job.id))
    assert shown.state is JobState.FAILED
    assert "cannot be read" in shown.message
    assert "upload the file again" in shown.hint
    assert progress.done == 0
    until(held, added(held, lines(3)), JobState.DONE)
    held.delete(shown)
    assert held.get(job.id) is None


def test_no_room_for_the_rows_of_an_upload_is_told_and_nothing_is_kept(jobs, monkeypatch):
    def full(path: Path) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(jobs_module, "create", full)
    held = jobs()
    with pytest.raises(OutputError, match="database or disk is full") as told:
        added(held, lines(3))
    assert "make room" in told.value.hint
    assert held.all() == []
    assert [path.name for path in held.folder.iterdir()] == ["lock"]


def test_downloads_that_a_killed_server_left_are_swept_up(jobs):
    first = jobs()
    job = until(first, added(first, lines(3)), JobState.DONE)
    first.close()
    left = first.home(job).path / "download-x1"
    left.mkdir()
    (left / "graded.csv").touch()
    second = jobs()
    assert not left.exists()
    assert len(ids(second, job)) == 3


def test_two_servers_do_not_share_a_folder(jobs, tmp_path):
    jobs()
    with pytest.raises(OutputError, match="another qa-assess serve"):
        begun(tmp_path / "jobs")


def test_a_job_goes_on_as_it_was_begun_whatever_the_server_uses_now(jobs, tmp_path):
    first = jobs(job_engines.stuck)
    job = until(first, added(first, lines(12)), JobState.RUNNING, records=5)
    first.close()
    other = Jobs(tmp_path / "jobs", job_engines.Settings(batch_size=64), job_engines.quick)
    other.start()
    try:
        assert len(ids(other, until(other, job, JobState.DONE))) == 12
    finally:
        other.close()


def test_two_workers_of_one_job_take_turns(jobs, tmp_path):
    held = jobs(job_engines.slow)
    job = until(held, added(held, lines(60)), JobState.RUNNING, records=5)
    ours, theirs = jobs_module._SPAWN.Pipe(duplex=False)
    second = jobs_module._SPAWN.Process(target=work, args=(held.home(job).path, job_engines.quick, theirs))
    second.start()
    theirs.close()
    job = until(held, job, JobState.DONE)
    second.join()
    assert jobs_module._told(ours) is None
    assert ids(held, job) == [f"q{n}" for n in range(60)]


def test_a_job_that_was_done_when_the_server_went_is_done(jobs):
    first = jobs()
    job = until(first, added(first, lines(3)), JobState.DONE)
    first._change(job.id, JobState.RUNNING)
    first.close()
    second = jobs(job_engines.broken)
    assert second.get(job.id).state is JobState.DONE


def test_names_of_files_are_labels_and_no_paths(jobs):
    names = [
        "../../../evil.csv",
        "/etc/passwd",
        "C:\\x\\y.csv",
        "a\x00b.jsonl",
        "\ud800.csv",
        "x" * 5000,
        "\u202egnp.csv",
        "",
    ]
    held = jobs(job_engines.stuck)
    job = held.add([(name, io.BytesIO(lines(1))) for name in names])
    labels = [upload.label for upload in job.uploads]
    assert labels[:4] == ["evil.csv", "passwd", "y.csv", "ab.jsonl"]
    assert labels[4:] == [".csv", labels[5], "gnp.csv", "file without a name"]
    assert len(labels[5]) == 120
    stored = [upload.stored for upload in job.uploads]
    assert stored[:2] == ["upload-0001.csv", "upload-0002"]
    assert sorted(path.name for path in held.home(job).path.glob("upload-*")) == sorted(stored)
    assert held.home(job).load().uploads == job.uploads


def test_a_corpus_of_several_files_is_read_as_one(jobs):
    held = jobs()
    turns = [
        {"id": "1", "root": "1", "reply_to": None, "user": "u1", "text": "Will he act?", "meta": {"is_question": True}},
        {"id": "2", "root": "1", "reply_to": "1", "user": "u2", "text": "Yes. I will.", "meta": {"is_answer": True}},
    ]
    people = {"u1": {"meta": {"name": "Ailsa Penworth"}}, "u2": {"meta": {"name": "Bo Larch"}}}
    spoken = "\n".join(json.dumps(turn) for turn in turns).encode()
    files = [("speakers.json", io.BytesIO(json.dumps(people).encode())), ("utterances.jsonl", io.BytesIO(spoken))]
    job = until(held, held.add(files), JobState.DONE, JobState.FAILED)
    assert [upload.stored for upload in job.uploads] == ["speakers.json", "utterances.jsonl"]
    (result,) = results(held, job)
    assert result.exchange.answer == "Yes. I will."


def test_a_full_disk_is_told_and_can_be_gone_on_from(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or os.system(f"mount -t tmpfs -o size=600k tmpfs {disk} 2>/dev/null"):
        pytest.skip("cannot mount a small disk here")
    held = begun(disk / "jobs")
    try:
        job = until(held, added(held, lines(2000)), JobState.FAILED)
        assert "cannot write" in job.message
        assert "make room" in job.hint
        assert os.system(f"mount -o remount,size=20m {disk}") == 0
        held.go_on(job)
        assert len(ids(held, until(held, job, JobState.DONE))) == 2000
    finally:
        held.close()
        os.system(f"umount {disk}")
