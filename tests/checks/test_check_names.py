"""Names: which no name has, and which are one name written in two ways."""

import pytest
from rules.made import person, table, told, write_csv

from relief_cli.checks.names import folded

SOUND = [
    "张三",
    "欧阳　春",
    "阿卜杜拉·买买提",
    "阿依古丽．买买提",
    "迪丽•热巴",
    "O'Neil",
    "John Smith",
    "Jean-Luc",
    "㛃",
    "𠮷田",
    "Şükrü",
    "武〇",
]
UNSOUND = [
    "张三1",
    "张三（小）",
    "张三/李四",
    "张三,李四",
    "?",
    "王??",
    "13800138000",
    "·",
    "张三*",
]


@pytest.mark.parametrize(("names", "unsound"), [(SOUND, False), (UNSOUND, True)])
def test_characters_of_names(tmp_path, names, unsound):
    # 本地银行 gets a file that can hold any name, so that only the name itself is judged.
    people = [person(n, 姓名=name, 开户行="本地银行") for n, name in enumerate(names, start=2)]
    run = told(tmp_path / "office", write_csv(tmp_path / "a.csv", table(person(1), *people)))
    rows = {row for row, _ in run.of("R110")}
    assert rows == (set(range(3, 3 + len(names))) if unsound else set())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("阿依·古丽", "阿依•古丽", True),
        ("阿依・古丽", "阿依．古丽", True),
        ("张 三", "张三", True),
        ("john smith", "John Smith", True),
        ("张三", "张山", False),
    ],
)
def test_one_name_written_in_two_ways(one, other, same):
    assert (folded(one) == folded(other)) == same
