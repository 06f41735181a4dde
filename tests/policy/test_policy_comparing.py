"""Effects of lists and criteria of screening: what a policy file may say of them."""

import datetime as dt

import pytest

from relief_cli.errors import PolicyError
from relief_cli.policy import load
from relief_cli.policy.comparing import EVERY_KIND, Criterion, Effect, read_criteria, read_effects
from relief_cli.policy.tables import parameters_table
from relief_cli.roster.disabilities import read
from relief_cli.screening import meets

ON = dt.date(2022, 8, 1)
TITLES = {"zh": "死亡", "en": "deaths"}
CRITERION = {"code": "alone", **TITLES, "disabilities": {"肢体": [1, 2]}}


def test_the_dead_are_held_from_the_month_after_and_others_marked():
    effects = {one.kind: one for one in load().at("compare.effects", ON).value}
    assert (effects["dead"].holds, effects["dead"].ends) == (True, True)
    assert effects["prisoner"].holds
    assert not effects["prisoner"].ends
    kinds = {"employed", "vehicle", "company", "pension", "housing_fund", "other_subsidy"}
    assert kinds <= effects.keys()
    assert not any(effects[kind].holds for kind in kinds)
    assert effects["dead"].title("zh") == "死亡人员"
    assert effects["dead"].title("en") == "deaths"


def test_they_hold_for_the_oldest_months_of_dibao():
    assert load().find("compare.effects", dt.date(2012, 9, 1))


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"dead": {"effect": "kill", **TITLES}},
        {"dead": {"effect": "hold", "zh": "死亡"}},
        {"dead": {"effect": "hold", "zh": "", "en": "deaths"}},
        {"dead": {"effect": "hold", **TITLES, "ends": "yes"}},
        {"dead": {"effect": "hold", **TITLES, "more": 1}},
        {"死亡": {"effect": "hold", **TITLES}},
        {"dead": "hold"},
    ],
)
def test_effects_that_are_not_sound_are_refused(value):
    assert read_effects(value) is None


def test_effects_are_read_as_they_are_written():
    (one,) = read_effects({"dead": {"effect": "warn", **TITLES, "ends": True}})
    assert one == Effect("dead", holds=False, zh="死亡", en="deaths", ends=True)
    assert "dead warn, ends" in str(one)


@pytest.mark.parametrize(
    "changed",
    [
        {"code": ""},
        {"code": "坏"},
        {"disabilities": {}},
        {"disabilities": {"肢体": []}},
        {"disabilities": {"肢体": [5]}},
        {"disabilities": {"肢体": ["1"]}},
        {"disabilities": [1]},
        {"families": "dibao_margin"},
        {"grades": [1]},
        {"en": 3},
    ],
)
def test_criteria_that_are_not_sound_are_refused(changed):
    assert read_criteria([CRITERION]) is not None
    assert read_criteria([{**CRITERION, **changed}]) is None


def test_criteria_need_codes_of_their_own():
    assert read_criteria([CRITERION, CRITERION]) is None
    assert read_criteria([]) is None
    assert read_criteria({}) is None


def test_a_category_that_is_not_known_is_refused(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        '[[screen.criteria]]\nsince = 2022-01-01\nunit = "criteria"\nreference = "x"\nvalue = ['
        '{ code = "a", zh = "甲", en = "a", disabilities = { "肢体" = [1] },'
        ' families = ["nobody"] }]\n',
        "utf-8",
    )
    with pytest.raises(PolicyError) as caught:
        load([path])
    assert caught.value.code == "policy-category-unknown"


def test_sources_of_money_are_not_taken_from_other_tables(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        '[[dibao.supplements]]\nsince = 2022-01-01\nunit = "percent of the standard"\n'
        'reference = "x"\nvalue = { "重度残疾人" = 20 }\n',
        "utf-8",
    )
    assert set(load([path]).sources()) == {"province", "municipal", "county", "commerce"}


def test_they_stand_in_the_table_of_parameters_and_in_the_digest(tmp_path):
    known = load()
    (shown,) = parameters_table([known.at("compare.effects", ON)])["value"]
    assert "dead hold, ends (死亡人员, deaths)" in shown
    path = tmp_path / "own.toml"
    text = (
        '[[compare.effects]]\nsince = 2022-01-01\nunit = "effects by kind"\nreference = "x"\n'
        '[compare.effects.value]\ndead = {{ effect = "hold", zh = "{}", en = "deaths" }}\n'
    )
    digests = set()
    for title in ("死亡", "亡故"):
        path.write_text(text.format(title), "utf-8")
        digests.add(load([path]).digest)
    assert len(digests) == 2


NOTICE = {
    "dibao-alone": {
        True: ["肢体一级", "肢体二级", "视力二级", "听力一级", "言语二级", "智力三级", "精神三级",
               "多重二级"],
        False: ["肢体三级", "视力三级", "多重四级", "智力四级", "听力四级"],
        None: ["多重三级"],
    },
    "tekun-disability": {
        True: ["智力一级", "智力三级", "精神三级", "肢体二级", "视力一级", "听力一级、智力三级"],
        False: ["智力四级", "肢体三级", "视力二级", "听力一级", "言语一级", "多重四级"],
        None: ["多重一级", "多重三级", "二级"],
    },
}  # fmt: skip


@pytest.mark.parametrize("code", NOTICE)
def test_the_criteria_of_the_notice(code):
    criteria = {one.code: one for one in load().at("screen.criteria", ON).value}
    said = NOTICE[code]
    found = {text: meets(criteria[code], read(text)) for texts in said.values() for text in texts}
    assert found == {text: verdict for verdict, texts in said.items() for text in texts}


def test_a_kind_that_is_not_named_has_the_grades_of_every_other():
    one = Criterion("a", "甲", "a", ((EVERY_KIND, (1,)), ("肢体", (2,))))
    assert (one.grades("视力"), one.grades("肢体")) == ((1,), (2,))
    assert meets(one, read("二级")) is None
