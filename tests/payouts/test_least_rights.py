"""Every command with the rights of a clerk, of an auditor and of nobody, on a real server."""

import dataclasses
import itertools
import shutil

import pytest
from databases import everything, set_ledger
from desks import give_rights, new_desks
from golden.running import SAMPLES, done, make_office, relief, run
from golden.story import DONE, commands, make_story

from relief_cli.ledger import Ledger

DATABASES = ("sqlite",)  # each test has its own on the server
pytestmark = pytest.mark.long
READING = {
    ("accept", "list"), ("audit",), ("backup",), ("banks", "list"), ("check",), ("compare",),
    ("diff",), ("due",), ("explain",), ("extract",), ("journal",), ("notice",),
    ("operator", "list"), ("payee", "list"), ("policy", "show"), ("reconcile",),
    ("recovery", "list"), ("reserve", "list"), ("restore",), ("schedule",), ("screen",),
    ("status",), ("stop", "list"), ("trace",),
}  # fmt: skip
"""Commands that record nothing."""
WITHOUT_WORK = {("arrears",), ("follow-up",), ("init",), ("recovery", "find"), ("top-up",)}
"""Commands that find nothing to record in the story."""


def error_of(answer):
    return answer.code, answer.json["error"]["code"]


@dataclasses.dataclass(frozen=True)
class Played:
    """A step of the story, and how it went."""

    step: object
    by_auditor: object
    """What an auditor was answered before; ``None`` where nobody asked."""
    by_clerk: object
    events: int
    """What the clerk added."""


@pytest.fixture(scope="module")
def desks(server):
    return new_desks(server)


@pytest.fixture(scope="module")
def story(desks, tmp_path_factory):
    """Give the steps of all commands, up to what only a ledger in a file can suffer."""
    made = make_story(tmp_path_factory.mktemp("story"), "")
    steps = list(itertools.takewhile(lambda step: step.between is None, made.steps))
    first = steps[0]
    steps[0] = dataclasses.replace(first, arguments=(*first.arguments, "--ledger", desks.clerk))
    return dataclasses.replace(made, steps=steps)


@pytest.fixture(scope="module")
def played(server, desks, story):
    """Play each step with a clerk's login, what may record something with an auditor's before."""
    with (
        pytest.MonkeyPatch.context() as patch,
        server.connect(desks.owner) as connection,
    ):
        story.home.mkdir()
        patch.setenv("XDG_DATA_HOME", str(story.home))
        patch.setenv("RELIEF_OPERATOR", "wang")
        patch.setenv("RELIEF_PASSPHRASE_FILE", str(story.folder / "in" / "li"))

        def events():
            return connection.execute("SELECT count(*) FROM events").fetchone()[0]

        played = []
        for step in story.steps:
            reads = step.command in READING or step.codes != DONE or not step.office
            by_auditor = None if reads else at_another_desk(step, story, desks.auditor, patch)
            before = events()
            by_clerk = play(step)
            played.append(Played(step, by_auditor, by_clerk, events() - before))
    return played


def play(step):
    return relief(*step.words("--json", "--lang", "en"), said=step.said)


def at_another_desk(step, story, address, patch):
    """Play a step in a copy of the office's folder and of its keys."""
    desk = story.folder / "desk"
    shutil.copytree(step.office, desk / "office")
    shutil.copytree(story.home, desk / "home", dirs_exist_ok=True)
    set_ledger(desk / "office", address)
    with patch.context() as patched:
        patched.setenv("XDG_DATA_HOME", str(desk / "home"))
        answer = play(dataclasses.replace(step, office=desk / "office"))
    shutil.rmtree(desk)
    return answer


def shown(step, answer):
    return f"{step.words()}\n{answer.out}{answer.err}"


def test_every_command_does_its_work_with_a_clerks_rights(played, desks):
    for one in played:
        assert one.by_clerk.code in one.step.codes, shown(one.step, one.by_clerk)
    assert {one.step.command for one in played} == commands() - {("share",)}
    assert Ledger.open(desks.clerk).broken_records() == []


def test_what_a_clerk_records_is_refused_to_an_auditor(played):
    refused = set()
    for one in played:
        if one.by_auditor is None:
            assert not one.events or one.step.command == ("init",), shown(one.step, one.by_clerk)
        elif one.events:
            assert error_of(one.by_auditor) == (4, "ledger-rights"), shown(one.step, one.by_auditor)
            refused.add(one.step.command)
    assert refused == {one.step.command for one in played} - READING - WITHOUT_WORK


def test_an_auditor_reads_everything_and_records_nothing(played, story, desks, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(story.home))
    office = story.steps[0].arguments[0]
    set_ledger(office, desks.auditor)
    before = everything(desks.owner)
    for one in played:
        step = one.step
        if step.command in READING and step.codes == DONE and step.office in (None, office):
            for table in story.folder.glob("table.*"):
                table.unlink()  # extract writes new files alone
            answer = play(step)
            assert answer.code in DONE, shown(step, answer)
    assert everything(desks.owner) == before


def test_it_is_set_up_as_the_page_says(server, tmp_path):
    """The owner moves the books; then each desk works with a login of its own."""
    office = make_office(tmp_path / "office")
    batch = done(office, SAMPLES[:1])["batch"]
    owner = server.new_database(owner=server.new_login("owner"))
    set_ledger(office, owner)
    assert relief("--json", "--office", office, "share").code == 0
    told = relief("--json", "--office", office, "share", "--roles").json
    with server.connect(owner) as connection:
        connection.execute(told["sql"])
    database = owner.rpartition("/")[2]
    desks = {
        role: server.address(database, server.new_login(role, told[role]))
        for role in ("clerk", "auditor")
    }
    set_ledger(office, desks["clerk"])
    assert done(office, SAMPLES[:1])["repeated"]
    more = done(office, SAMPLES[:2])
    assert more["rows"]["skipped"] > 0
    set_ledger(office, desks["auditor"])
    audited = relief("--json", "--office", office, "audit")
    assert (audited.code, audited.json["verified"], audited.json["batches"]) == (0, True, 2)
    answer = run(office, SAMPLES[:3])
    assert error_of(answer) == (4, "ledger-rights")
    again = relief("--json", "--office", office, "export", batch)
    assert (again.code, again.json["state"]) == (1, "exported")  # as before: rows are held
    assert relief("--json", "--office", office, "audit").json["events"] == audited.json["events"]


def test_the_sql_is_the_same_whoever_asks(desks, tmp_path):
    office = make_office(tmp_path / "office", ledger=desks.clerk)

    def asked(address, *options):
        set_ledger(office, address)
        return relief(*options, "--office", office, "share", "--roles")

    told = asked(desks.owner, "--json", "--lang", "en").json
    assert told["owner"] == desks.names["owner"]
    for address in vars(desks).values():
        assert asked(address, "--json", "--lang", "en").json == told
        assert asked(address, "--lang", "en", "--quiet").out == told["sql"]
    chinese = asked(desks.clerk, "--lang", "zh").out
    assert "只能读台账" in chinese

    def statements(text):
        return [line for line in text.splitlines() if not line.startswith("--")]

    assert statements(chinese) == statements(told["sql"])


def test_without_an_address_there_are_no_roles(tmp_path):
    office = make_office(tmp_path / "office")
    answer = relief("--json", "--office", office, "share", "--roles")
    assert error_of(answer) == (2, "share-nowhere")


@pytest.fixture
def clerk(server):
    """Give the address by which a clerk reaches a database where no ledger is yet."""
    owner = server.new_database(owner=server.new_login("owner"))
    roles = give_rights(server, owner)
    return server.address(owner.rpartition("/")[2], server.new_login("clerk", roles.clerk))


def test_a_clerk_moves_no_books(clerk, tmp_path):
    office = make_office(tmp_path / "office")
    done(office, SAMPLES[:1])
    set_ledger(office, clerk)
    answer = relief("--json", "--office", office, "share")
    assert error_of(answer) == (4, "ledger-owner")
    assert "owner" in answer.json["error"]["remedy"]
    set_ledger(office, "")
    assert done(office, SAMPLES[:1])["repeated"]  # the file is still open


def test_a_clerk_begins_no_books(clerk, tmp_path):
    answer = relief("--json", "init", tmp_path / "desk", "--region", "140122", "--ledger", clerk)
    assert error_of(answer) == (4, "ledger-owner")
    assert not (tmp_path / "desk" / "relief.toml").exists()


def test_another_path_leads_to_no_second_ledger(server, tmp_path):
    """Neither by a path of the role, nor by a schema of its name, nor by that of a database."""
    desks = new_desks(server)
    owner, database = desks.names["owner"], desks.owner.rpartition("/")[2]
    office = make_office(tmp_path / "office")
    done(office, SAMPLES[:1])
    with server.connect(desks.owner) as connection:
        connection.execute(f"CREATE SCHEMA {owner} AUTHORIZATION {owner}")
        connection.execute(f"CREATE SCHEMA other AUTHORIZATION {owner}")
        connection.execute(f"ALTER DATABASE {database} SET search_path = other")
    make_office(tmp_path / "first", ledger=desks.clerk)
    done(tmp_path / "first", SAMPLES[1:2])
    set_ledger(office, desks.owner)
    for path in ("other", f"{owner}, other", '"$user", public'):
        with server.connect(desks.owner) as connection:
            connection.execute(f"ALTER ROLE {owner} SET search_path = {path}")
        assert error_of(relief("--json", "--office", office, "share")) == (4, "share-other")
    answer = relief("--json", "init", tmp_path / "desk", "--ledger", desks.owner)
    assert answer.code == 0, answer.err
    assert relief("--json", "--office", tmp_path / "desk", "audit").json["batches"] == 1


def test_a_database_with_two_ledgers_pays_nobody(server, tmp_path):
    address = server.new_database(like=server.ledger)
    office = make_office(tmp_path / "office", ledger=address)
    with server.connect(address) as connection:
        connection.execute("CREATE SCHEMA copied")
        for table in ("batches", "entitlements", "events", "payments"):
            connection.execute(f"CREATE TABLE copied.{table} (LIKE public.{table})")
    own = make_office(tmp_path / "own")
    set_ledger(own, address)
    answers = {
        "init": relief("--json", "init", tmp_path / "desk", "--ledger", address),
        "share": relief("--json", "--office", own, "share"),
        "roles": relief("--json", "--office", own, "share", "--roles"),
        "run": run(office, SAMPLES[:1]),
        "audit": relief("--json", "--office", office, "audit"),
    }
    assert {name: error_of(answer) for name, answer in answers.items()} == dict.fromkeys(
        answers, (4, "ledger-two")
    )
