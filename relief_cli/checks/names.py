"""The form in which names are compared."""

import re

_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅．.", "·"))


def folded(name: str) -> str:
    """Give the form in which names are compared: no spaces, one kind of dot, upper case.

    >>> folded("阿依 ．古丽") == folded("阿依•古丽"), folded("阿依古丽") == folded("阿依·古丽")
    (True, False)
    """
    return re.sub(r"\s+", "", name).translate(_DOTS).upper()
