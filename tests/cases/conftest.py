"""Tests of whole files: what the shared helpers assert is told in full."""

import pytest

pytest.register_assert_rewrite("golden.books", "golden.running")
