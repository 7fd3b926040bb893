"""`python -m bench.worker RUN`: a worker that has started, waits for a line, and works off chunks of a run.

Prints a line when it is ready, and at the end its chunks, its memory and its seconds by step as JSON.
"""

import json
import resource
import sys

import django


def main(run_id: int) -> None:
    django.setup()
    from bench.steps import watch
    from health.models import Run
    from health.services.runs import work_off

    run, steps = Run.objects.get(pk=run_id), watch()
    print("ready", flush=True)
    sys.stdin.readline()
    peaks = []
    while work_off(run):
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    memory = {"first_mb": peaks[0] if peaks else 0, "peak_mb": max(peaks, default=0)}
    print(json.dumps({"chunks": len(peaks), "steps": steps, **memory}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
