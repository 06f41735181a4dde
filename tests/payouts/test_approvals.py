"""The second pair of eyes: who may let a batch go, what is signed, what a rejection does."""

import shutil

import pytest
from databases import REFUSED, past
from golden.books import entitled
from golden.running import SAMPLES, relief, run
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


def test_nothing_goes_out_without_approval(waiting):
    answer = export(waiting)
    assert (answer.code, error_of(answer)) == (3, "approval-missing")
    assert not (waiting / "out" / BATCH).exists()
    assert (waiting / "out" / "approvals" / f"{BATCH}.xlsx").is_file()


def test_another_persons_approval_lets_it_go(waiting, secret):
    answer = approve(waiting, "li", secret)
    assert (answer.code, answer.json["state"]) == (0, "approved")
    assert answer.json["approvals_missing"] == 0
    assert run(waiting, ROSTER).json["state"] == "exported"  # nothing is signed any more
    assert (waiting / "out" / BATCH / "manifest.json").is_file()


def test_the_maker_cannot_approve(waiting, secret):
    answer = approve(waiting, "maker", secret)
    assert (answer.code, error_of(answer)) == (4, "approval-maker")
    assert export(waiting).code == 3


def test_a_wrong_passphrase_approves_nothing(waiting, secret):
    answer = approve(waiting, "li", secret, passphrase="not the right one")  # noqa: S106  # a wrong one
    assert (answer.code, error_of(answer)) == (2, "passphrase-wrong")
    assert export(waiting).code == 3


def test_nobody_is_asked_where_nobody_is(waiting):
    answer = relief("--json", "--office", waiting, "approve", BATCH, "--as", "li")
    assert (answer.code, error_of(answer)) == (2, "passphrase-missing")


def test_who_is_not_named_must_be_the_only_one_here(waiting, home, secret):
    command = ("--json", "--office", waiting, "approve", BATCH, "--passphrase-file", secret("li"))
    assert error_of(relief(*command)) == "operator-unclear"
    li = operator(waiting, "list").json["operators"][1]
    for path in home.iterdir():
        if path.stem != li["public_key"][:16]:
            path.unlink()
    assert relief(*command).code == 0


def test_a_key_of_another_home_does_not_approve(waiting, home, secret):
    keys = {
        one["name"]: one["public_key"][:16] for one in operator(waiting, "list").json["operators"]
    }
    shutil.copy(home / f"{keys['maker']}.pem", home / f"{keys['li']}.pem")
    answer = approve(waiting, "li", secret, passphrase=PASSPHRASES["maker"])
    assert (answer.code, error_of(answer)) == (4, "approval-forged")


def test_a_revoked_operator_cannot_approve_and_what_was_approved_stays(waiting, secret):
    assert approve(waiting, "li", secret).code == 0
    revoked = operator(waiting, "revoke", "li", "--reason", "调离", *by("li", "wang"))
    assert revoked.json["operators"][0]["revoked"]
    assert export(waiting).code in (0, 1)
    run(waiting, SAMPLES[1:2], *hand("maker"))
    answer = relief(
        "--json", "--office", waiting, "approve", "one-time-2022-08-2", "--as", "li",
        "--passphrase-file", secret("li"),
    )  # fmt: skip
    assert (answer.code, error_of(answer)) == (4, "approval-revoked")


def test_two_approvals_are_of_two_hands(waiting, secret):
    change_setting(waiting, "approvals = 1", "approvals = 2")
    assert approve(waiting, "li", secret).json["approvals_missing"] == 1
    answer = approve(waiting, "li", secret)
    assert (answer.code, error_of(answer)) == (4, "approved-before")
    assert error_of(export(waiting)) == "approval-missing"
    assert approve(waiting, "wang", secret).json["state"] == "approved"
    assert export(waiting).code in (0, 1)


def test_above_the_offices_amount_a_second_one_is_needed(office, secret):
    change_setting(office, 'second_above = ""', 'second_above = "299.99"')
    assert run(office, ROSTER, *hand("maker")).json["approvals_missing"] == 2
    assert approve(office, "li", secret).json["approvals_missing"] == 1
    assert approve(office, "wang", secret).json["approvals_missing"] == 0


def test_roles_that_must_approve(waiting, secret):
    change_setting(waiting, "roles = []", 'roles = ["审批"]')
    assert approve(waiting, "li", secret).json["approvals_missing"] == 1
    assert approve(waiting, "wang", secret).json["approvals_missing"] == 0


def test_fewer_approvals_later_do_not_release_what_was_prepared_before(waiting):
    change_setting(waiting, "approvals = 1", "approvals = 0")
    assert error_of(export(waiting)) == "approval-missing"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE payments SET account_number = account_number || '0'", "approval-content"),
        ("UPDATE entitlements SET amount_fen = amount_fen + 1", "approval-content"),
        ("UPDATE shares SET amount_fen = amount_fen + 1", "approval-content"),
        ("UPDATE parameters SET value = '1'", "approval-content"),
        ("UPDATE approvals SET signature = '00' || substr(signature, 3)", "approval-forged"),
        ("UPDATE approvals SET operator = 1", "approval-forged"),
    ],
)  # fmt: skip
def test_an_approval_is_bound_to_the_exact_content(waiting, secret, statement, code):
    assert approve(waiting, "li", secret).code == 0
    with past(waiting) as connection:
        connection.drop_guards()
        connection.execute(statement)
    answer = export(waiting)
    assert (answer.code, error_of(answer)) == (4, code)
    assert not (waiting / "out" / BATCH).exists()


def test_a_rejected_batch_never_goes_out_and_its_people_are_paid_by_another(waiting, secret):
    people = set(entitled(waiting))
    answer = relief(
        "--json", "--office", waiting, "reject", BATCH, "--reason", "账号未核对", "--as", "li",
        "--passphrase-file", secret("li"),
    )  # fmt: skip
    assert (answer.code, answer.json["state"]) == (0, "rejected")
    for again in (
        export(waiting),
        run(waiting, ROSTER, *hand("maker")),
        approve(waiting, "wang", secret),
    ):
        assert again.code == 4
    # Other rosters, such as corrected ones, pay them.
    second = run(waiting, [*ROSTER, *SAMPLES[1:2]], *hand("maker"))
    assert second.code == 3
    assert second.json["batch"] == "one-time-2022-08-2"
    with past(waiting) as connection:
        rows = connection.rows("SELECT person, attempt FROM entitlements WHERE batch = 2")
    assert people <= {person for person, attempt in rows if attempt == 1}
    assert {attempt for person, attempt in rows if person not in people} == {0}


def test_a_rejection_needs_a_reason(waiting, secret):
    answer = relief(
        "--json", "--office", waiting, "reject", BATCH, "--reason", " ", "--as", "li",
        "--passphrase-file", secret("li"),
    )  # fmt: skip
    assert (answer.code, error_of(answer)) == (2, "reason-missing")


def test_what_went_out_can_neither_be_rejected_nor_approved(waiting, secret):
    approve(waiting, "li", secret)
    export(waiting)
    answer = relief(
        "--json", "--office", waiting, "reject", BATCH, "--reason", "x", "--as", "li",
        "--passphrase-file", secret("li"),
    )  # fmt: skip
    assert (answer.code, error_of(answer)) == (4, "batch-decided")
    assert error_of(approve(waiting, "wang", secret)) == "batch-decided"


def test_the_database_itself_forbids_a_second_entitlement_without_a_rejection(waiting):
    with past(waiting) as connection:
        columns = connection.columns("entitlements")
        shown = ", ".join(columns)
        given = {"attempt": "1", "again": "1", "entitlement": "entitlement + 50000000"}
        changed = ", ".join(given.get(one, one) for one in columns)
        with pytest.raises(REFUSED, match=r"(?i)foreign key"):
            connection.execute(
                f"INSERT INTO entitlements ({shown}) SELECT {changed} FROM entitlements LIMIT 1"  # noqa: S608
            )
        with pytest.raises(REFUSED, match="that stands"):
            connection.execute(
                "INSERT INTO attempts SELECT occasion, person, 0, 1, NULL, NULL FROM entitlements"
            )


@pytest.mark.parametrize("name", ["", "../x", ".hidden", "a b", "x" * 41])
def test_names_that_no_operator_can_have(office, secret, name):
    answer = operator(office, "add", name, "--passphrase-file", secret("li"))
    assert (answer.code, error_of(answer)) == (2, "operator-name")


def test_a_key_is_locked_private_and_never_replaced(office, home, secret):
    for path in home.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"ENCRYPTED" in path.read_bytes()
    assert home.stat().st_mode & 0o777 == 0o700
    answer = operator(office, "add", "li", "--passphrase-file", secret("li"))
    assert (answer.code, error_of(answer)) == (2, "operator-exists")
    new = ("add", "zhao", *by("maker", "li"))
    answer = operator(office, *new, "--passphrase-file", secret("zhao", "short"))
    assert (answer.code, error_of(answer)) == (2, "passphrase-short")
    assert len(list(home.iterdir())) == 3


def test_whoever_prepares_must_be_an_operator(office, home):
    answer = run(office, ROSTER)
    assert (answer.code, error_of(answer)) == (2, "operator-unclear")
    answer = run(office, ROSTER, "--as", "somebody")
    assert (answer.code, error_of(answer)) == (2, "operator-unknown")
    maker = operator(office, "list").json["operators"][0]
    for path in home.iterdir():
        if path.stem != maker["public_key"][:16]:
            path.unlink()
    answer = run(office, ROSTER)
    assert (answer.code, error_of(answer)) == (2, "passphrase-missing")
    assert run(office, ROSTER, *hand("maker")[2:]).code == 3  # the only key here says who it is
    assert error_of(relief("--json", "--office", office, "approve", BATCH)) == "approval-maker"


def test_a_stricter_rule_later_does_not_stop_what_went_out(office):
    change_setting(office, "approvals = 1", "approvals = 0")
    assert operator(office, "rule", *by("li", "wang")).json["approvals"] == 0
    assert run(office, ROSTER, *hand("maker")).json["state"] == "exported"
    change_setting(office, "approvals = 0", "approvals = 2")
    change_setting(office, "roles = []", 'roles = ["复核", "审批"]')
    again = run(office, ROSTER, *hand("maker"))
    assert (again.json["state"], again.json["approvals_missing"]) == ("exported", 0)
    assert export(office).code in (0, 1)


def test_a_stricter_rule_later_asks_for_the_approvals_that_are_missing(waiting, secret):
    assert approve(waiting, "li", secret).json["state"] == "approved"
    change_setting(waiting, "approvals = 1", "approvals = 2")
    assert error_of(export(waiting)) == "approval-missing"
    answer = approve(waiting, "wang", secret)
    assert (answer.code, answer.json["approvals_missing"]) == (0, 0)
    assert export(waiting).code in (0, 1)


def test_what_was_approved_can_still_be_rejected_before_it_goes_out(waiting, secret):
    approve(waiting, "li", secret)
    answer = relief(
        "--json", "--office", waiting, "reject", BATCH, "--reason", "x", "--as", "wang",
        "--passphrase-file", secret("wang"),
    )  # fmt: skip
    assert (answer.code, answer.json["state"]) == (0, "rejected")
    assert export(waiting).code == 4


def test_formats_are_part_of_what_was_approved(waiting, secret):
    approve(waiting, "li", secret)
    answer = relief("--json", "--office", waiting, "export", BATCH, "--format", "generic-csv")
    assert (answer.code, error_of(answer)) == (4, "export-format-approved")


def test_an_approval_that_is_not_enough_ends_with_3(waiting, secret):
    change_setting(waiting, "approvals = 1", "approvals = 2")
    assert approve(waiting, "li", secret).code == 3


def test_a_passphrase_can_be_too_long_too(office, secret):
    new = ("add", "zhao", *by("maker", "li"))
    answer = operator(office, *new, "--passphrase-file", secret("zhao", "x" * 2000))
    assert (answer.code, error_of(answer)) == (2, "passphrase-short")


def test_other_roles_later_do_not_stop_what_went_out(waiting, secret):
    approve(waiting, "li", secret)
    assert export(waiting).code in (0, 1)
    change_setting(waiting, "roles = []", 'roles = ["审批"]')
    assert run(waiting, ROSTER, *hand("maker")).json["approvals_missing"] == 0
    assert export(waiting).code in (0, 1)
