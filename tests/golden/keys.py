"""Made-up keys of age, and what the tests decrypt with: age's own library, nothing of relief's."""

import pyrage


def make_key(folder, name="bank"):
    """Give the public key, and a file with the secret one as ``age-keygen`` writes it."""
    secret = pyrage.x25519.Identity.generate()
    public = str(secret.to_public())
    place = folder / f"{name}.txt"
    text = f"# created: 2022-08-01T00:00:00+08:00\n# public key: {public}\n{secret}\n"
    place.write_text(text, "utf-8")
    place.chmod(0o600)
    return public, place


def decrypted(path, key_file):
    """Give what the file at ``path`` holds."""
    secret = key_file.read_text("utf-8").split()[-1]
    return pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(secret)])
