from health.domain.metrics import METRICS
from health.management.commands.metrics_doc import PAGE
from health.metrics import READERS
from health.metrics.document import metrics_page


def test_the_page_says_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == metrics_page(), "Run `manage.py metrics_doc`."


def test_every_metric_stands_on_the_page_once():
    page = metrics_page()
    assert {name: page.count(f"| `{name}` |") for name in METRICS} == dict.fromkeys(METRICS, 1)


def test_only_metrics_that_are_defined_are_read():
    assert set(READERS) <= set(METRICS)
