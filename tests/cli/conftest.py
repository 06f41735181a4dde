"""Shows both sides of a failed comparison in the modules that tests share."""

import pytest

pytest.register_assert_rewrite("golden.books", "golden.running")
