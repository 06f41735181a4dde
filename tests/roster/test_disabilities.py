"""Kinds and grades of disability as they are written."""

import pytest

from relief_cli.roster.disabilities import Disability, read

SAID = {
    ("肢体/二级", ""): {"肢体": 2},
    ("肢体 贰级", ""): {"肢体": 2},
    ("肢体残疾", "1级"): {"肢体": 1},
    ("肢体", "一级"): {"肢体": 1},
    ("肢体2", ""): {"肢体": 2},
    ("精神", "1"): {"精神": 1},
    ("精神", "Ⅳ"): {"精神": 4},
    ("智力Ⅲ级", ""): {"智力": 3},
    ("智力（三级）", ""): {"智力": 3},
    ("听力１级", ""): {"听力": 1},
    ("语言", "四"): {"言语": 4},
    ("多重一级", ""): {"多重": 1},
    ("多重一级（肢体、智力）", ""): {"多重": 1, "肢体": 1, "智力": 1},
    ("视力一级、肢体三级", ""): {"视力": 1, "肢体": 3},
    ("肢体,智力", "二级"): {"肢体": 2, "智力": 2},
    ("", "肢体二级"): {"肢体": 2},
    ("", "二级"): {"": 2},
    ("4", "2"): {"肢体": 2},
    ("肢体", ""): {},
    ("一户多残", ""): {},
    ("无", ""): {},
    ("", "12"): {},
}


@pytest.mark.parametrize("texts", SAID)
def test_what_is_written_is_understood(texts):
    assert dict(read(*texts).grades) == SAID[texts]


def test_two_lines_of_a_person_give_the_more_severe_grade():
    both = read("肢体三级").joined(read("肢体二级")).joined(read("视力四级"))
    assert dict(both.grades) == {"肢体": 2, "视力": 4}
    assert both.worst == 2
    assert Disability().worst == 0
