"""Who may do what stands in the books: operators, the rule of approvals, and who signed what."""

import json

import pytest
from databases import copy_office, unguarded
from golden.books import chained_again
from golden.running import SAMPLES, make_office, relief, run
from payouts.two_eyes import (
    BATCH,
    PASSPHRASES,
    ROSTER,
    approve,
    by,
    change_setting,
    error_of,
    export,
    hand,
    operator,
)


def audited(office):
    return relief("--json", "--office", office, "audit").json


def test_relief_toml_cannot_lower_the_rule(office, secret):
    change_setting(office, "approvals = 1", "approvals = 0")
    answer = run(office, ROSTER, *hand("maker"))
    assert (answer.code, answer.json["approvals_missing"]) == (3, 1)
    assert error_of(export(office)) == "approval-missing"
    change_setting(office, "approvals = 0", "approvals = 1")
    assert approve(office, "li", secret).code == 0
    assert export(office).code == 1
    assert audited(office)["verified"]


@pytest.mark.parametrize(
    ("strict", "mild"),
    [
        ('second_above = "100"', 'second_above = ""'),
        ('second_above = "100"', 'second_above = "99999999"'),
        ('roles = ["审批"]', "roles = []"),
        ('roles = ["审批"]', 'roles = ["复核"]'),
    ],
)
def test_nothing_else_of_the_rule_is_lowered_either(office, secret, strict, mild):
    change_setting(office, 'second_above = ""' if "second" in strict else "roles = []", strict)
    assert run(office, ROSTER, *hand("maker")).code == 3
    change_setting(office, strict, mild)
    assert approve(office, "li", secret).code == 3
    assert export(office).code == 3
    # A batch that is prepared afterwards is held to the same rule.
    run(office, SAMPLES[1:2], *hand("maker"))
    command = ("--json", "--office", office, "approve", "one-time-2022-08-2", *hand("li"))
    assert relief(*command).code == 3


def test_an_office_knows_its_rule_before_it_has_operators(tmp_path):
    office = make_office(tmp_path / "office", approvals=1)
    change_setting(office, "approvals = 1", "approvals = 0")
    answer = run(office, ROSTER)
    assert (answer.code, answer.json["state"]) == (3, "prepared")
    assert relief("--json", "--office", office, "export", BATCH).code == 3


@pytest.mark.parametrize("signers", [(), ("li",), ("li", "li"), ("maker", "cron")])
def test_one_hand_alone_neither_adds_nor_ends_anybody_nor_lowers_the_rule(office, signers):
    new = ("--role", "自动", "--never-approves", *hand("cron")[2:])
    assert operator(office, "add", "cron", *new, *by("maker", "li")).code == 0
    for command in (
        ("add", "zhao", *hand("zhao")[2:]),
        ("revoke", "wang", "--reason", "x"),
        *((("rule",),) if signers else ()),
    ):
        answer = operator(office, *command, *by(*signers))
        assert (answer.code, error_of(answer)) == (4, "second-signature-missing"), command
    assert [one["revoked"] for one in operator(office, "list").json["operators"]] == [False] * 4


def test_two_hands_add_end_and_lower(office):
    assert operator(office, "add", "zhao", *hand("zhao")[2:], *by("maker", "li")).code == 0
    assert operator(office, "revoke", "maker", "--reason", "x", *by("li", "zhao")).code == 0
    change_setting(office, "approvals = 1", "approvals = 0")
    assert operator(office, "rule", *by("wang", "zhao")).json["approvals"] == 0
    assert run(office, ROSTER, *hand("wang")).json["state"] == "exported"
    assert error_of(run(office, SAMPLES[1:2], *hand("maker"))) == "approval-revoked"
    assert audited(office)["verified"]


def test_the_first_two_are_added_one_right_after_the_other(tmp_path, home):  # noqa: ARG001
    office = make_office(tmp_path / "new", approvals=1)
    assert operator(office, "add", "maker", *hand("maker")[2:]).code == 0
    late = copy_office(office, tmp_path / "late")
    assert operator(office, "add", "li", *hand("li")[2:]).code == 0
    assert audited(office)["verified"]
    assert run(late, ROSTER, *hand("maker")).code == 3
    answer = operator(late, "add", "li", *hand("li")[2:])
    assert (answer.code, error_of(answer)) == (4, "second-signature-missing")


def test_a_key_that_came_after_the_batch_does_not_approve_it(waiting, secret):
    assert operator(waiting, "add", "zhao", *hand("zhao")[2:], *by("maker", "li")).code == 0
    answer = approve(waiting, "zhao", secret)
    assert (answer.code, error_of(answer)) == (4, "approval-late")
    assert export(waiting).code == 3


def test_a_machines_key_prepares_and_never_approves(office, secret):
    new = ("--never-approves", *hand("cron")[2:])
    assert operator(office, "add", "cron", *new, *by("maker", "li")).code == 0
    assert run(office, ROSTER, *hand("maker")).code == 3
    answer = approve(office, "cron", secret)
    assert (answer.code, error_of(answer)) == (4, "approval-never")
    assert run(office, SAMPLES[1:2], *hand("cron")).code == 3
    told = relief("--json", "--office", office, "status").json
    assert "cron" in json.dumps(told)
    assert audited(office)["verified"]


def test_the_first_two_may_approve(tmp_path, home):  # noqa: ARG001
    office = make_office(tmp_path / "new")
    answer = operator(office, "add", "cron", "--never-approves", *hand("cron")[2:])
    assert (answer.code, error_of(answer)) == (4, "founder-approves")


def test_a_cron_job_names_its_key_in_the_environment(office, monkeypatch):
    new = ("--never-approves", *hand("cron")[2:])
    assert operator(office, "add", "cron", *new, *by("maker", "li")).code == 0
    monkeypatch.setenv("RELIEF_OPERATOR", "cron")
    monkeypatch.setenv("RELIEF_PASSPHRASE_FILE", str(hand("cron")[3]))
    assert run(office, ROSTER).code == 3


RECORDING = [
    ("stop", "add", "{person}", "--reason", "x"),
    ("recovery", "add", "{person}", "9", "--reason", "x"),
    ("payee", "add", "{person}", "王五", "--document", "1", "--until", "2030-01-01"),
    ("receive", "province", "100", "--document", "1"),
    ("reserve", "give", "某镇", "100", "--document", "1"),
    ("accept", "R205", "{person}", "--reason", "x"),
    ("reject", BATCH, "--reason", "x"),
    ("withhold", BATCH, "{person}", "--reason", "x"),
]


@pytest.mark.parametrize("command", RECORDING, ids=lambda command: " ".join(command[:2]))
def test_whoever_records_something_signs_it(waiting, command, monkeypatch):
    monkeypatch.delenv("RELIEF_OPERATOR", raising=False)
    with unguarded(waiting) as connection:
        person = connection.rows("SELECT person FROM entitlements ORDER BY entitlement")[0][0]
    typed = [part.format(person=person) for part in command]
    answer = relief("--json", "--office", waiting, *typed)
    assert (answer.code, error_of(answer)) == (2, "operator-unclear")
    answer = relief("--json", "--office", waiting, *typed, "--as", "li")
    assert (answer.code, error_of(answer)) == (2, "passphrase-missing")
    assert relief("--json", "--office", waiting, *typed, *hand("li")).code in (0, 3)
    assert audited(waiting)["verified"]


def test_who_holds_the_ledger_and_not_the_keys_cannot_make_the_chain_anew(waiting, secret):
    assert approve(waiting, "li", secret).code == 0
    with unguarded(waiting) as connection:
        connection.execute("UPDATE payments SET account_number = '6228480010000000018'")
    chained_again(waiting)
    told = audited(waiting)["broken"]
    assert told["problem"] == "it was signed by nobody who may"


def test_an_approval_cannot_be_taken_out_of_the_chain(waiting, secret):
    assert approve(waiting, "li", secret).code == 0
    assert export(waiting).code == 1
    gone = "SELECT event FROM events WHERE kind IN ('approval', 'approved')"
    with unguarded(waiting) as connection:
        count = len(connection.rows(gone))
        for table in ("signatures", "approvals", "events"):
            connection.execute(f"DELETE FROM {table} WHERE event IN ({gone})")  # noqa: S608
            connection.execute(
                f"UPDATE {table} SET event = event - {count} WHERE event IN"  # noqa: S608
                " (SELECT event FROM events WHERE kind = 'exported')"
            )
    chained_again(waiting)
    told = audited(waiting)["broken"]
    assert told["problem"] == "it went out with fewer approvals than it needed"


def test_an_event_that_nobody_signed_is_found(waiting):
    with unguarded(waiting) as connection:
        connection.execute("DELETE FROM signatures WHERE event = (SELECT max(event) FROM events)")
    told = audited(waiting)["broken"]
    assert told["problem"] == "it was signed by nobody who may"


def test_the_names_of_passphrases_are_those_of_operators():
    assert {"maker", "li", "wang", "cron", "zhao"} == PASSPHRASES.keys()
