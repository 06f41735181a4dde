"""An office where one approval is needed: its operators, and what they do."""

from golden.running import SAMPLES, relief

BATCH = "one-time-2022-08-1"
ROSTER = SAMPLES[:1]
PASSPHRASES = {
    "maker": "maker has a secret",
    "li": "li has another one",
    "wang": "wang has a third",
}


def operator(office, *arguments):
    return relief("--json", "--office", office, "operator", *arguments)


def approve(office, name, secret, *, passphrase=None):
    return relief(
        "--json", "--office", office, "approve", BATCH, "--as", name,
        "--passphrase-file", secret(name, passphrase),
    )  # fmt: skip


def export(office):
    return relief("--json", "--office", office, "export", BATCH)


def change_setting(office, old, new):
    path = office / "relief.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def error_of(answer):
    return answer.json["error"]["code"]
