from prism.app import answer


def test_health_is_ok():
    assert answer("/health") == "ok"
