"""What a bank's words mean that no list knows: the clerk says it once, and it is remembered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from relief_cli.banks.answer import Answer
from relief_cli.banks.results import OUTCOMES
from relief_cli.banks.template import Template
from relief_cli.errors import UsageError
from relief_cli.i18n import N_
from relief_cli.ledger.returns import AnswerFile
from relief_cli.office import Office, add_meanings
from relief_cli.payouts.setting import Setting


def parse_meanings(given: Sequence[str]) -> dict[str, str]:
    """Take what the clerk typed, each ``word=outcome``.

    Raises:
        UsageError: ``meaning-unclear``; one has another form.

    >>> parse_meanings(["已入账=paid"])
    {'已入账': 'paid'}
    """
    found: dict[str, str] = {}
    for text in given:
        word, _, outcome = (part.strip() for part in text.rpartition("="))
        if not word or outcome not in OUTCOMES or found.get(word, outcome) != outcome:
            raise UsageError(
                "meaning-unclear",
                N_("It is not clear what a word means: {text}"),
                remedy=N_("Write the bank's word and one of {outcomes}: --meaning 已入账=paid"),
                text=text,
                outcomes=", ".join(OUTCOMES),
            )
        found[word] = outcome
    return found


def with_words(setting: Setting, words: Mapping[str, str]) -> Setting:
    """Give the setting with what is said now; what was remembered before holds."""
    if not words:
        return setting
    templates = {name: _with(template, words) for name, template in setting.templates.items()}
    return replace(setting, templates=templates)


def _with(template: Template, words: Mapping[str, str]) -> Template:
    half = template.answer
    if half is None:
        return template
    return replace(template, answer=replace(half, meanings={**words, **half.meanings}))


def require_asked(words: Mapping[str, str], answers: Iterable[Answer]) -> None:
    """Refuse a meaning for a word that no line has, or that means something else already.

    Args:
        words: what the clerk says.
        answers: the files, read by it.

    Raises:
        UsageError: ``meaning-not-asked``.
    """
    said = [one.lines[["result", "outcome"]].drop_duplicates() for one in answers]
    known = {pair for lines in said for pair in lines.itertuples(index=False, name=None)}
    for word, outcome in words.items():
        if (word, outcome) not in known:
            raise UsageError(
                "meaning-not-asked",
                N_("No line asks for the meaning of {word}, or it means something else already."),
                why=N_("What a word means that a list knows cannot be changed by hand."),
                remedy=N_("Look at the words that `relief settle` shows; leave --meaning away."),
                word=word,
            )


def remember(office: Office, files: Iterable[AnswerFile]) -> None:
    """Write into ``relief.toml`` what words mean, for each format that had them."""
    for file in files:
        words = dict(line.rsplit("=", 1) for line in file.meanings.splitlines())
        if words:
            add_meanings(office, file.format, words)
