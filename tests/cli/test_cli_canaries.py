"""Canaries pass through every command; nobody hears them but who opens the office's own files."""

import contextlib
import ctypes
import io
import itertools
import os
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from golden.canaries import NAME, parts_of, sung, sung_in_bytes
from golden.running import environment, process, relief
from golden.story import DONE, FAILED, commands, make_story

from relief_cli import office as offices
from relief_cli import payouts, policy
from relief_cli.checks import rules
from relief_cli.cli import app
from relief_cli.cli.answers import Answers

# What breaks in each command, with people in its hands.
BREAKING = {
    ("init",): (offices, "create"),
    ("check",): (payouts, "check"),
    ("diff",): (payouts, "diff"),
    ("compare",): (payouts, "compare"),
    ("screen",): (payouts, "screen"),
    ("prepare",): (payouts, "prepare"),
    ("export",): (payouts, "export"),
    ("run",): (payouts, "run"),
    ("approve",): (payouts, "approve"),
    ("reject",): (payouts, "reject"),
    ("withhold",): (payouts, "withhold"),
    ("withdraw",): (payouts, "withdraw"),
    ("settle",): (payouts, "settle"),
    ("follow-up",): (payouts, "follow_up"),
    ("receive",): (payouts, "receive"),
    ("arrears",): (payouts, "pay_arrears"),
    ("top-up",): (payouts, "run"),
    ("reserve", "give"): (payouts, "give_reserve"),
    ("reserve", "list"): (payouts, "all_reserves"),
    ("reconcile",): (payouts, "reconcile_funding"),
    ("journal",): (payouts, "export_journal"),
    ("schedule",): (payouts, "schedule"),
    ("due",): (payouts, "due"),
    ("status",): (payouts, "status"),
    ("notice",): (payouts, "publish_notice"),
    ("stop", "add"): (payouts, "stop"),
    ("stop", "end"): (payouts, "resume"),
    ("stop", "list"): (payouts, "all_stops"),
    ("accept", "add"): (payouts, "accept"),
    ("accept", "end"): (payouts, "end_acceptance"),
    ("accept", "list"): (payouts, "all_acceptances"),
    ("payee", "add"): (payouts, "add_mandate"),
    ("payee", "end"): (payouts, "end_mandate"),
    ("payee", "list"): (payouts, "all_mandates"),
    ("trace",): (payouts, "trace"),
    ("recovery", "add"): (payouts, "owe"),
    ("recovery", "repaid"): (payouts, "repay"),
    ("recovery", "find"): (payouts, "find_overpaid"),
    ("recovery", "list"): (payouts, "all_recoveries"),
    ("operator", "add"): (payouts, "add_operator"),
    ("operator", "list"): (payouts, "all_operators"),
    ("operator", "revoke"): (payouts, "revoke_operator"),
    ("operator", "rule"): (payouts, "set_rule"),
    ("audit",): (payouts, "audit"),
    ("extract",): (payouts, "extract"),
    ("backup",): (payouts, "back_up"),
    ("restore",): (payouts, "restore"),
    ("share",): (payouts, "share"),
    ("policy", "show"): (policy, "load"),
    ("banks", "list"): (payouts, "load_setting"),
    ("explain",): (rules, "RULES"),
}
WATCHED = {("operator", "add"), ("run",)}
"""One that takes a secret, and one that reads and writes what names people; the matrix: all."""
BEFORE = {("init",)}
"""What they need before them."""
TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108  # looked at, not used
WHOLE = 15
"""Digits that a number has which is no part of one: an ID has 18, an account 16 or more."""
_IN_CREATE, _IN_MOVED_TO = 0x100, 0x80


@pytest.fixture
def story(tmp_path, monkeypatch, server):
    return _make(tmp_path, monkeypatch, server)


@pytest.fixture(scope="module")
def resting(tmp_path_factory, server):
    """Give a story of which only the office is made."""
    with pytest.MonkeyPatch.context() as patch:
        made = _make(tmp_path_factory.mktemp("resting"), patch, server)
        assert relief("init", made.folder / "office").code == 0
        yield made


def _make(folder, patch, server):
    with patch.context() as writing:
        # Not among the system's temporary files, which another test may be looking at.
        writing.setattr(tempfile, "tempdir", str(folder))
        made = make_story(folder, server.new_database())
    patch.setenv("XDG_DATA_HOME", str(made.home))
    patch.setenv("RELIEF_OPERATOR", "wang")
    patch.setenv("RELIEF_PASSPHRASE_FILE", str(made.folder / "in" / "li"))
    patch.delenv("RELIEF_OFFICE", raising=False)
    patch.chdir(made.folder / "in")
    return made


class EveryScreen:
    """Stands in for the screen: what a command says is said in every language and form."""

    FORMS = tuple(itertools.product(("en", "zh"), (False, True)))

    def __init__(self, language, **_options):
        self.language = language
        self.said = {form: io.StringIO() for form in self.FORMS}
        self._screens = {
            (spoken, as_json): Answers(spoken, json=as_json, quiet=False)
            for spoken, as_json in self.FORMS
        }

    def __getattr__(self, name):
        of_each = {form: getattr(screen, name) for form, screen in self._screens.items()}
        first = of_each[self.FORMS[0]]
        if name in ("say", "progress") or not callable(first):
            return first

        def said(*arguments, **named):
            for form, one in of_each.items():
                into = self.said[form]
                with contextlib.redirect_stdout(into), contextlib.redirect_stderr(into):
                    one(*arguments, **named)

        return said


@pytest.fixture
def said_by(monkeypatch):
    """Give what runs a step in this process: its exit code, and form → what was said."""
    screens = []

    def screen(*arguments, **options):
        screens.append(EveryScreen(*arguments, **options))
        return screens[-1]

    monkeypatch.setattr(app, "Answers", screen)

    def run(words, stdin):
        answer = relief(*words, said=stdin)
        assert not answer.out, "something was said past the screen"
        return answer.code, {form: said.getvalue() for form, said in screens[-1].said.items()}

    return run


def parts_in(story):
    """Give what must not be shown; the numbers in the explanations of findings are nobody's."""
    examples = {text for rule in rules.RULES.values() for text in (rule.bad, rule.good)}
    return parts_of(story.secrets) - parts_of(examples)


def test_every_command_has_its_steps_and_its_fault(story):
    known = commands()
    assert len(known) > 14
    for codes in (DONE, FAILED):
        found = {step.command for step in story.steps if step.command and step.codes <= codes}
        assert found == known, "add what is missing to golden/story.py"
    assert BREAKING.keys() == known


@pytest.mark.usefixtures("umask")
def test_no_command_shows_a_canary_and_only_the_owner_reads_what_it_writes(story, said_by):
    parts = parts_in(story)
    make_private(story)
    for step in story.steps:
        if step.between:
            step.between()
            continue
        code, said = said_by(step.words(), step.said)
        assert code in step.codes, (step, said)
        for (_, as_json), text in said.items():
            assert text, step
            assert not sung(text, parts), (step, text)
            if as_json:
                assert "{" in text, step
        check_modes(story)
    check_names(story, parts)
    # They did go through: the office's own files name them.
    kept = "backup/ledger-before-sharing.sqlite"
    for name in (kept, "out/one-time-2022-08-1/payments.csv"):
        assert sung_in_bytes((story.folder / "office" / name).read_bytes(), parts)


def check_other(path, story):
    """Check a file that may be another program's: it is ours if it names a canary in full."""
    with contextlib.suppress(OSError):
        if path.is_file():
            content = path.read_bytes()
            whole = {NAME, *(secret for secret in story.secrets if len(secret) > WHOLE)}
            assert not any(secret.encode() in content for secret in whole), path


def check_names(story, parts):
    """Check that no name of a file is a canary's, and that none is in what is sealed or public."""
    for path in story.folder.rglob("*"):
        assert not sung(path.name, parts), path
        if path.name.endswith(".age") or {"sealed", "notices"}.intersection(path.parts[:-1]):
            assert path.is_dir() or not sung_in_bytes(path.read_bytes(), parts), path


@pytest.mark.parametrize("command", BREAKING, ids=" ".join)
def test_a_fault_shows_places_in_the_code_and_nobody(resting, monkeypatch, command, said_by):
    parts = parts_in(resting)
    text = f"{NAME} {' '.join(sorted(resting.secrets))}"
    module, name = BREAKING[command]

    class Fault:
        def __call__(self, *_arguments, **_named):
            raise ValueError(text)

        def values(self):
            raise ValueError(text) from KeyError(text)

    monkeypatch.setattr(module, name, Fault())
    step = next(
        step
        for step in resting.steps
        if step.command == command
        and not callable(step.arguments)
        and (step.arguments == ()) >= (command == ("explain",))
        and step.office != resting.folder / "broken"
    )
    arguments = step.words()
    if not step.office and command != ("init",):
        arguments[:0] = ["--office", str(resting.folder / "office")]
    code, said = said_by(arguments, step.said)
    assert code == 70, said
    for shown in said.values():
        assert not sung(shown, parts)
        assert "ValueError" in shown
        assert "Traceback" not in shown


class Watch:
    """Tells the name of everything that is made in folders, by inotify: nothing is too quick."""

    def __init__(self, folders):
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._descriptor >= 0
        self._folders = {}
        for folder in folders:
            mask = _IN_CREATE | _IN_MOVED_TO
            number = libc.inotify_add_watch(self._descriptor, os.fsencode(folder), mask)
            assert number >= 0, folder
            self._folders[number] = Path(folder)

    def made(self):
        found = []
        with contextlib.suppress(BlockingIOError):
            while content := os.read(self._descriptor, 1 << 16):
                while content:
                    number, _, _, length = struct.unpack_from("iIII", content)
                    name = content[16 : 16 + length].rstrip(b"\0")
                    found.append(self._folders[number] / os.fsdecode(name))
                    content = content[16 + length :]
        return found

    def close(self):
        os.close(self._descriptor)


def processes_of(session):
    """Give what the list of processes shows of a session."""
    shown = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                shown.add((folder / "cmdline").read_bytes())
                shown.add((folder / "environ").read_bytes())
    return shown


def watched(step, temporary):
    """Run a command in a session of its own; give code, output, and what `ps` showed of it."""
    command = [sys.executable, "-m", "relief_cli", *step.words()]
    shown = set()
    with subprocess.Popen(
        command, env=environment(TMPDIR=temporary), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, umask=0,
    ) as run:  # fmt: skip
        ended = threading.Event()

        def look():
            while not ended.wait(0.05):
                shown.update(processes_of(run.pid))

        looking = threading.Thread(target=look)
        looking.start()
        output, _ = run.communicate(f"{step.said}\n".encode(), timeout=60)
        ended.set()
        looking.join()
    return run.returncode, output.decode(), shown


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.matrix)])
def test_nothing_is_left_or_passes_through_temporary_files_or_arguments(story, every):
    """Commands in processes of their own: those that are watched, as each succeeds; or all."""
    parts = parts_in(story)
    secrets = [(story.folder / "in" / name).read_text("utf-8").split("\n")[0]
               for name in ("li", "wrong", "locked")]  # fmt: skip
    # Not below pytest's own folder: the path of a socket has 107 bytes at most.
    temporary = Path(tempfile.mkdtemp())
    make_private(story)
    own = Watch([temporary])
    system = Watch([folder for folder in TEMPORARY if Path(folder).is_dir()])
    heard, looked_at, needed = [], set(), WATCHED | BEFORE
    try:
        for step in story.steps:
            if step.between:
                step.between()
                continue
            succeeds = step.codes <= DONE
            if not every and (step.command not in needed or not succeeds):
                continue
            if not every and step.command not in WATCHED - looked_at:
                assert relief(*step.words(), said=step.said).code in step.codes, step
                continue
            looked_at.add(step.command)
            code, output, shown = watched(step, temporary)
            assert code in step.codes, (step, output)
            assert not sung(output, parts)
            assert any(b"relief_cli" in text for text in shown), step
            for text in shown:
                assert not sung_in_bytes(text, parts), step
                assert not any(secret.encode() in text for secret in secrets), step
            for path in own.made():
                heard.append(path.name[:14])
                # Python sees whether it can write there, and puts the children's socket there.
                assert path.name.startswith("relief-reading-") or len(path.name) == 8, path
            assert list(temporary.iterdir()) == [], step
            for path in system.made():
                check_other(path, story)
            if not every and looked_at == WATCHED:
                break
        check_modes(story)
    finally:
        own.close()
        system.close()
        shutil.rmtree(temporary)
    assert looked_at == (commands() if every else WATCHED)
    assert "relief-reading" in heard
    check_names(story, parts)


@pytest.fixture(params=[0o000, pytest.param(0o077, marks=pytest.mark.matrix)], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def make_private(story):
    """Close what the story brings with it, so that all else was made by relief."""
    for path in story.folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def check_modes(story):
    for path in story.folder.rglob("*"):
        if path in {story.folder / "kept", story.folder / "office" / "ledger.sqlite"}:
            continue  # the story itself copies one and opens the other
        if path.is_relative_to(story.folder / "in"):
            continue  # what banks and townships send
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_a_crash_leaves_no_core(story, tmp_path):
    crashing = (
        "import os, resource, sys\n"
        "most = resource.getrlimit(resource.RLIMIT_CORE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (most, most))\n"
        "from relief_cli import payouts\n"
        "from relief_cli.cli import main\n"
        "def crash(*_):\n"
        "    sys.stdout.write(str(resource.getrlimit(resource.RLIMIT_CORE)))\n"
        "    sys.stdout.flush()\n"
        "    os.abort()\n"
        "payouts.check = crash\n"
        "main()\n"
    )
    (tmp_path / "here").mkdir()
    answer = process(
        [sys.executable, "-c", crashing, "check", str(story.folder / "in" / "1.xlsx")],
        cwd=tmp_path / "here",
    )
    assert answer.code == -signal.SIGABRT
    assert answer.out == "(0, 0)"
    assert list((tmp_path / "here").iterdir()) == []
