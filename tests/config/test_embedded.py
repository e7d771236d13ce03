import pytest


@pytest.mark.skip
def test_x(): ...
