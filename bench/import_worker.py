"""`python -m bench.import_worker FOLDER MAPPING.toml`: one import; prints its figures and its memory as JSON."""

import io
import json
import resource
import sys

import django


def main(folder: str, mapping: str) -> None:
    django.setup()
    from django.core.management import call_command

    out = io.StringIO()
    call_command("import_data", folder, mapping=mapping, json=True, stdout=out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"summary": json.loads(out.getvalue()), "peak_mb": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])
