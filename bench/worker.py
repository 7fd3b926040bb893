"""`python -m bench.worker RUN`: a worker that has started, waits for a line, and works off chunks of a run.

Prints a line when it is ready, and at the end its chunks and its memory as JSON.
"""

import json
import resource
import sys

import django


def main(run_id: int) -> None:
    django.setup()
    from health.models import Run
    from health.services.runs import work_off

    run = Run.objects.get(pk=run_id)
    print("ready", flush=True)
    sys.stdin.readline()
    peaks = []
    while work_off(run):
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps({"chunks": len(peaks), "first_mb": peaks[0] if peaks else 0, "peak_mb": max(peaks, default=0)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
