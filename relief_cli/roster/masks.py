"""Numbers and names as a screen may show them: enough for a clerk who knows whom it is about."""


def mask_id(number: str) -> str:
    """Give an identity number that identifies nobody on a screen: region and last two remain.

    >>> mask_id("140122198001010018"), mask_id("1401")
    ('140122**********18', '****')
    """
    return (
        f"{number[:6]}{'*' * max(len(number) - 8, 0)}{number[-2:]}" if len(number) > 8 else "****"
    )


def mask_name(name: str) -> str:
    """Give the first character of a name; enough for a clerk who knows whom it is about.

    >>> mask_name("王小明"), mask_name("")
    ('王**', '')
    """
    return f"{name[:1]}{'*' * (len(name) - 1)}" if name else ""


def mask_account(number: str) -> str:
    """Give the last four digits of an account; enough for a clerk to find it.

    >>> mask_account("6228480000000000018"), mask_account("12345678")
    ('****0018', '****')
    """
    return f"****{number[-4:]}" if len(number) > 8 else "****"
